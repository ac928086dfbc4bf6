import ASAP
import ENRP
import Glibc
import InternetAddresses
import PoolPolicies
import ProcessFigures
import RSerPoolParameters
import SCTPTransport

// The registrar's engine alone: messages in as bytes, messages out as bytes, no network. One thread.

typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>

let requests = 50_000
let peer = AssociationIdentifier(chosen: 1)
let address = IPAddress.v4(0xc000_0201)
let header = MessageHeader(payloadProtocol: .asap)

func element(_ number: Int, _ policy: PolicyParameter, at address: IPAddress) -> PoolElementParameter {
    PoolElementParameter(
        identifier: PoolElementIdentifier(rawValue: UInt32(number + 1)), registrationLife: .seconds(300),
        userTransport: .sctp(SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [address])), policy: policy)
}

func registration(_ number: Int, _ policy: PolicyParameter, at address: IPAddress = address) -> [UInt8] {
    try! ASAPMessage.registration(.init(pool: "Pool", element: element(number, policy, at: address))).encoded()
}

/// Gives the engine a message and takes all that comes out; the number of messages sent.
@inline(never)
func ask(_ engine: inout Engine, _ message: [UInt8], at now: MonotonicInstant) -> Int {
    engine.receive(message.span.bytes, header, from: peer, at: now)
    var sent = 0
    while let output = engine.nextOutput() {
        if case .transport(.send) = output { sent += 1 }
    }
    return sent
}

/// Processor time, so that what else the machine does counts little.
func seconds(_ body: () -> Void) -> Double {
    let start = ProcessFigures.own.processorTime
    body()
    return ProcessFigures.own.processorTime - start
}

func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}

func row(_ columns: [String]) {
    print(columns.map { padded($0, 14) }.joined())
}

/// A registrar with one association and no elements.
func emptyEngine(at now: MonotonicInstant) -> Engine {
    var engine = Engine(
        identifier: RegistrarIdentifier(rawValue: 1), randomness: SeededRandomNumberGenerator(seed: 2))
    let details = AssociationDetails(
        peerAddresses: [SCTPAddress(address, port: 3_863)], inboundStreams: 1, outboundStreams: 1)
    engine.handle(.transport(.notification(peer, .up(details))), at: now)
    return engine
}

let now = MonotonicInstant.origin + .seconds(1)

func measure(_ name: String, _ size: Int, _ policy: (inout SeededRandomNumberGenerator) -> PolicyParameter) {
    var generator = SeededRandomNumberGenerator(seed: 1)
    var engine = emptyEngine(at: now)
    let first = (0..<size).map { registration($0, policy(&generator)) }
    let joining = seconds {
        for message in first { precondition(ask(&engine, message, at: now) == 1) }
    }

    let numbers = (0..<requests).map { _ in Int.random(in: 0..<size, using: &generator) }
    let updates = numbers.prefix(20_000).map { registration($0, policy(&generator)) }
    let renewing = seconds {
        for message in updates { precondition(ask(&engine, message, at: now) == 1) }
    }
    func resolving(_ items: UInt32) -> Double {
        let request = ASAPMessage.HandleResolution(pool: "Pool", option: HandleResolutionOption(items: items))
        let message = try! ASAPMessage.handleResolution(request).encoded()
        return seconds {
            for _ in 0..<requests { precondition(ask(&engine, message, at: now) == 1) }
        }
    }
    let (one, three, many) = (resolving(1), resolving(3), resolving(32))
    // An element leaves and comes back.
    let leaving = numbers.prefix(20_000).map { number in
        let identifier = PoolElementIdentifier(rawValue: UInt32(number + 1))
        return try! ASAPMessage.deregistration(.init(pool: "Pool", identifier: identifier)).encoded()
    }
    let returning = numbers.prefix(20_000).map { registration($0, policy(&generator)) }
    let churning = seconds {
        for (out, back) in zip(leaving, returning) {
            precondition(ask(&engine, out, at: now) == 1)
            precondition(ask(&engine, back, at: now) == 1)
        }
    }
    func rate(_ count: Int, _ time: Double) -> String { "\(Int(Double(count) / time))" }
    row([
        name, "\(size)", rate(size, joining), rate(updates.count, renewing), rate(requests, one), rate(requests, three),
        rate(requests, many), rate(2 * leaving.count, churning),
    ])
}

/// Before anything else, so that no freed memory is used again.
func measureMemory(_ size: Int) {
    var engine = emptyEngine(at: now)
    let start = ProcessFigures.own.resident
    for number in 0..<size { precondition(ask(&engine, registration(number, .leastUsed(load: .idle)), at: now) == 1) }
    print("memory: \((ProcessFigures.own.resident - start) / size) bytes for each of \(size) elements of one address")
    precondition(engine.nextDeadline != nil)
}

/// Every policy that registrars know, with values drawn as elements would have them.
let policies: [(name: String, parameter: @Sendable (inout SeededRandomNumberGenerator) -> PolicyParameter)] = {
    @Sendable func load(_ generator: inout SeededRandomNumberGenerator) -> Load {
        Load(rawValue: .random(in: 0 ... .max, using: &generator))
    }
    let small = Load(fraction: 0.001)
    let factor = DistancePenaltyFactor(fraction: 0.001)
    return [
        ("RR", { _ in .roundRobin }),
        ("WRR", { .weightedRoundRobin(weight: .random(in: 1...10, using: &$0)) }),
        ("RAND", { _ in .random }),
        ("WRAND", { .weightedRandom(weight: .random(in: 1...10, using: &$0)) }),
        ("PRIO", { .priority(.random(in: 1...10, using: &$0)) }),
        ("LU", { .leastUsed(load: load(&$0)) }),
        ("LUD", { .leastUsedWithDegradation(load: load(&$0), degradation: small) }),
        ("PLU", { .priorityLeastUsed(load: load(&$0), degradation: small) }),
        ("RLU", { .randomizedLeastUsed(load: load(&$0)) }),
        ("LU-DPF", { .leastUsed(load: load(&$0), factor: factor) }),
        (
            "LUD-DPF",
            {
                LeastUsedWithDegradationAndDistancePenalty(load: load(&$0), degradation: small, factor: factor, distance: 0)
                    .parameter
            }
        ),
        ("WRAND-DPF", { .weightedRandom(weight: .random(in: 1...10, using: &$0), factor: factor) }),
    ]
}()

/// The slices of a snapshot: so long at a time nothing else can happen at the registrar. Processor time of the thread, and elapsed
/// time, in which the thread may have had to wait for a processor.
func measureSnapshot(_ size: Int) {
    var engine = emptyEngine(at: now)
    for number in 0..<size { precondition(ask(&engine, registration(number, .leastUsed(load: .idle)), at: now) == 1) }
    var (elapsed, used, elements) = ([Double](), [Double](), 0)
    var slices: [RegistrarSnapshot.Pool] = []
    for _ in 0..<20 {
        slices = []
        var place: RegistrarSnapshotPlace? = .start
        while let next = place {
            let start = (seconds(on: CLOCK_MONOTONIC), seconds(on: CLOCK_THREAD_CPUTIME_ID))
            let slice = engine.poolSlice(next, at: now)
            used.append(seconds(on: CLOCK_THREAD_CPUTIME_ID) - start.1)
            elapsed.append(seconds(on: CLOCK_MONOTONIC) - start.0)
            elements += slice.pools.reduce(0) { $0 + $1.elements.count }
            slices += slice.pools
            place = slice.next
        }
    }
    precondition(elements == 20 * size)
    func text(_ times: [Double]) -> String {
        let sorted = times.sorted().map { Int($0 * 1e6) }
        let (middle, most, longest) = (sorted[sorted.count / 2], sorted[sorted.count * 99 / 100], sorted[sorted.count - 1])
        return "\(middle) µs, 99 of 100 within \(most) µs, the longest \(longest) µs"
    }
    print("snapshot of \(size) elements: \(used.count / 20) slices")
    print("  processor time of a slice: \(text(used)); elapsed: \(text(elapsed))")
    let joining = seconds { precondition(RegistrarSnapshot.pools(of: slices)[0].elements.count == size) }
    print("  put together in \(Int(joining * 1e3)) ms by who asked for it")
}

/// A Pool Element parameter of 76 bytes, read again and again.
///
/// `valgrind --tool=callgrind registrar-benchmark parse 2000`, less the same for 0, counts instructions; the program has to be stripped
/// first, for valgrind cannot read its debug information.
func measureParsing(_ count: Int) {
    let sample = PoolElementParameter(
        identifier: PoolElementIdentifier(rawValue: 1), registrationLife: .seconds(300),
        userTransport: .sctp(SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [.v6(1), .v6(2)])),
        policy: .leastUsed(load: .idle))
    let bytes = [UInt8](try! ASAPMessage.registration(.init(pool: "Pool", element: sample)).encoded().suffix(76))
    let time = seconds {
        for _ in 0..<count {
            var reader = ParameterReader(bytes)
            precondition((try? reader.read(PoolElementParameter.self))?.identifier == sample.identifier)
        }
    }
    if count > 0 { print("a pool element of \(bytes.count) bytes is read in \(Int(time / Double(count) * 1e9)) ns") }
}
