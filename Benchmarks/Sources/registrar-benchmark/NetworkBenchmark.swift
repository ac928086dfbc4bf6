import ASAP
import Glibc
import InternetAddresses
import PoolPolicies
import ProcessFigures
import RSerPoolParameters
import SCTPTransport

/// What a registrar in a process of its own answers over SCTP, by messages as elements and users send them.
enum NetworkBenchmark {
    static let elements = 50_000
    static let ownAssociations = 400

    static func run(over name: String) async throws {
        guard let backend = SCTPBackendChoice(name) else {
            throw SCTPTransportError(.backendUnavailable, "\(name) is no backend; there are userland and kernel")
        }
        let registrar = try RegistrarProcess.start(over: name)
        print("over \(name) SCTP, the registrar in a process of its own; processor time of registrar and asker for each:")
        let endpoint = try await open(backend)
        let association = try await endpoint.connect(to: [registrar.address])
        func measure(_ what: String, outstanding: Int, _ messages: [[UInt8]], _ type: ASAPMessageType) async {
            let asker = Task(executorPreference: endpoint.loop) { () -> (Double, Double, Double) in
                let start = (seconds(on: CLOCK_MONOTONIC), registrar.figures.processorTime, ProcessFigures.own.processorTime)
                await Asker.ask(messages, type, on: [(endpoint.onLoop, association)], outstanding: outstanding)
                return (
                    seconds(on: CLOCK_MONOTONIC) - start.0, registrar.figures.processorTime - start.1,
                    ProcessFigures.own.processorTime - start.2
                )
            }
            report(what, outstanding, messages.count, await asker.value)
        }

        let resolution = try [3, 32].map { items in
            try ASAPMessage.handleResolution(.init(pool: "Pool", option: HandleResolutionOption(items: items))).encoded()
        }
        func many(_ message: [UInt8], _ count: Int) -> [[UInt8]] { Array(repeating: message, count: count) }
        // The association is set up meanwhile, and both processes come to their speed.
        await measure("unknown pool", outstanding: 64, many(resolution[0], 10_000), .handleResolutionResponse)
        let registrations = (0..<elements).map { registration($0, .leastUsed(load: .idle), at: .loopbackIPv4) }
        let before = registrar.figures.resident
        await measure("registration", outstanding: 64, registrations, .registrationResponse)
        let bytes = (registrar.figures.resident - before) / elements
        print("  memory of the registrar's process for each of \(elements) elements: \(bytes) bytes")
        await measure("renewal", outstanding: 64, Array(registrations.prefix(20_000)), .registrationResponse)
        await measure("renewal", outstanding: 1, Array(registrations.prefix(5_000)), .registrationResponse)
        for (items, message) in zip([3, 32], resolution) {
            await measure("resolution of \(items)", outstanding: 64, many(message, 50_000), .handleResolutionResponse)
            await measure("resolution of \(items)", outstanding: 1, many(message, 5_000), .handleResolutionResponse)
        }
        try await measureOwnAssociations(backend, registrar)
        await endpoint.close(within: .seconds(5))
    }

    /// Elements with an association each: set up, and one registration over it.
    static func measureOwnAssociations(
        _ backend: SCTPBackendChoice, _ registrar: (address: SCTPAddress, figures: ProcessFigures)
    ) async throws {
        var opened: [SCTPEndpoint] = []
        for _ in 0..<ownAssociations { opened.append(try await open(backend)) }
        let endpoints = opened
        let before = registrar.figures.resident
        let newcomers = Task(executorPreference: endpoints[0].loop) { () -> (Double, Double, Double) in
            let start = (seconds(on: CLOCK_MONOTONIC), registrar.figures.processorTime, ProcessFigures.own.processorTime)
            let associations = try endpoints.map { endpoint in
                (endpoint.onLoop, try endpoint.onLoop.connect(to: [registrar.address]))
            }
            let messages = (0..<endpoints.count).map { number in
                registration(elements + number, .leastUsed(load: .idle), at: .loopbackIPv4)
            }
            await Asker.ask(messages, .registrationResponse, on: associations, outstanding: endpoints.count)
            return (
                seconds(on: CLOCK_MONOTONIC) - start.0, registrar.figures.processorTime - start.1,
                ProcessFigures.own.processorTime - start.2
            )
        }
        report("association with registration", endpoints.count, endpoints.count, try await newcomers.value)
        let bytes = (registrar.figures.resident - before) / endpoints.count
        print("  memory of the registrar's process for each of these with its element: \(bytes) bytes")
        for endpoint in endpoints { await endpoint.close(within: .seconds(5)) }
    }

    private static func open(_ backend: SCTPBackendChoice) async throws -> SCTPEndpoint {
        try await SCTPEndpoint.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: backend)
    }

    private static func report(
        _ what: String, _ outstanding: Int, _ count: Int, _ time: (elapsed: Double, registrar: Double, asker: Double)
    ) {
        func microseconds(_ time: Double) -> String {
            let tenths = Int((time / Double(count) * 1e7).rounded())
            return "\(tenths / 10).\(tenths % 10) us"
        }
        print(
            "  \(what), \(outstanding) outstanding: \(Int(Double(count) / time.elapsed)) a second "
                + "(\(microseconds(time.registrar)), \(microseconds(time.asker)))")
    }
}

/// Sends messages, so many at a time, until each has its answer. Used on the loop only.
final class Asker {
    private let messages: [[UInt8]]
    private let answer: ASAPMessageType
    private let associations: [(endpoint: LoopEndpoint, identifier: AssociationIdentifier)]
    private let completion: () -> Void
    private var sent = 0
    private var answered = 0

    private init(
        _ messages: [[UInt8]], _ answer: ASAPMessageType, _ associations: [(LoopEndpoint, AssociationIdentifier)],
        completion: @escaping () -> Void
    ) {
        self.messages = messages
        self.answer = answer
        self.associations = associations
        self.completion = completion
    }

    /// - Parameter associations: each in its turn, with an endpoint of its own where there are several.
    static func ask(
        _ messages: [[UInt8]], _ answer: ASAPMessageType, on associations: [(LoopEndpoint, AssociationIdentifier)],
        outstanding: Int
    ) async {
        await withCheckedContinuation { continuation in
            let asker = Asker(messages, answer, associations) { continuation.resume() }
            for (endpoint, _) in associations {
                endpoint.setHandlers(
                    message: { bytes, _, _ in asker.take(bytes) },
                    notification: { _, notification in
                        switch notification {
                        case .failed(let end), .lost(let end): fatalError("the registrar cannot be reached: \(end)")
                        default: break
                        }
                    })
            }
            for _ in 0..<outstanding { asker.sendNext() }
        }
    }

    private func sendNext() {
        guard sent < messages.count else { return }
        let (endpoint, association) = associations[sent % associations.count]
        do {
            try endpoint.send(SCTPMessage(messages[sent], header), on: association)
        } catch {
            fatalError("a message cannot be sent: \(error)")
        }
        sent += 1
    }

    private func take(_ bytes: RawSpan) {
        let type = bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        precondition(type == answer.rawValue, "the registrar answers with a message of type \(type)")
        // A registration response's R flag: rejected (RFC 5352 §2.2.3).
        let flags = bytes.unsafeLoad(fromByteOffset: 1, as: UInt8.self)
        precondition(answer != .registrationResponse || flags & 1 == 0, "the registrar rejects a registration")
        answered += 1
        sendNext()
        if answered == messages.count { completion() }
    }
}
