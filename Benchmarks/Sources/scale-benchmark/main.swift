import ProcessFigures
import RSerPoolSimulation

// Measures what registrars cost each other, by their number and by the number of elements, in the simulator.
//
//     swift run -c release --package-path Benchmarks scale-benchmark [REGISTRARS ELEMENTS POOLS]...

func decimal(_ value: Double, _ digits: Int = 1) -> String {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = Int((value * scale).rounded())
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}

func row(_ columns: [String]) {
    print("| " + columns.joined(separator: " | ") + " |")
}

func measure(_ registrars: Int, _ elements: Int, _ pools: Int) {
    let memory = ProcessFigures.own.resident
    let scale = ScaleMeasurement(registrars: registrars, elements: elements, pools: pools)
    scale.fill()
    precondition(scale.elementsHeld.allSatisfy { $0 == elements }, "not every registrar has every element")
    let bytes = (ProcessFigures.own.resident - memory) / (registrars * elements)
    let quiet = scale.measureTraffic(renewals: 0, over: .seconds(60))
    // As many changes as elements make that register again every 280 s.
    let renewals = max(1, elements * 10 / 280)
    let busy = scale.measureTraffic(renewals: renewals, over: .seconds(10))
    // Many changes, so that the presences among them count little; those are taken off too.
    let changes = 2_000
    let start = ProcessFigures.own.processorTime
    let dense = scale.measureTraffic(renewals: changes, over: .seconds(10))
    let processor = (ProcessFigures.own.processorTime - start) / Double(changes) * 1e6
    let changesPerSecond = Double(changes) / 10 / Double(registrars)
    let messagesPerChange = (dense.messagesPerSecond - quiet.messagesPerSecond) / changesPerSecond
    let bytesPerChange = (dense.bytesPerSecond - quiet.bytesPerSecond) / changesPerSecond
    let newcomer = scale.measureNewcomer()
    precondition(newcomer?.elements == elements, "the newcomer does not have every element")
    let time = newcomer.map { Double($0.time.components.attoseconds) / 1e18 + Double($0.time.components.seconds) } ?? 0
    row([
        "\(registrars)", "\(elements)", "\(pools)", decimal(quiet.messagesPerSecond, 2), decimal(quiet.bytesPerSecond),
        decimal(busy.messagesPerSecond), decimal(busy.bytesPerSecond / 1_000), decimal(messagesPerChange),
        decimal(bytesPerChange), decimal(processor), decimal(time, 3), "\(newcomer?.messages ?? 0)",
        decimal(Double(newcomer?.bytes ?? 0) / 1_000), "\(bytes)",
    ])
}

row([
    "registrars", "elements", "pools", "quiet: messages/s", "bytes/s", "renewing: messages/s", "kB/s", "messages a change",
    "bytes a change", "CPU µs a change", "newcomer: s", "messages", "kB", "bytes an element",
])
row(Array(repeating: "---:", count: 14))
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
if numbers.count >= 3 {
    for start in stride(from: 0, to: numbers.count - 2, by: 3) {
        measure(numbers[start], numbers[start + 1], numbers[start + 2])
    }
} else {
    for registrars in [2, 5, 10, 20, 50] { measure(registrars, 1_000, 100) }
    for elements in [100, 10_000, 100_000] { measure(5, elements, elements / 10) }
}
