import ASAP
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Synchronization

/// One association with a registrar over userland SCTP: it registers many elements, and then asks for some of them again and again.
final class RegistrarClient: Sendable {
    private struct State {
        var isOn = false
        var answers = 0
        var longest = Duration.zero
        /// When the question that has no answer yet was asked.
        var asked: ContinuousClock.Instant?
        var registered = 0
        var waiter: CheckedContinuation<Void, any Error>?
    }

    /// Elements in each pool.
    private static let poolSize = 100
    /// Registrations that may be unanswered.
    private static let window = 100

    private let endpoint: SCTPEndpoint
    private let association: AssociationIdentifier
    private let state = Mutex(State())
    private let question: SCTPMessage

    /// - Parameter loop: the registrar's, as all userland SCTP of a process has one.
    init(of registrar: [SCTPAddress], on loop: EventLoop) async throws {
        endpoint = try await SCTPEndpoint.open(
            SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: .userland, on: loop)
        question = try Self.message(
            .handleResolution(.init(pool: Self.pool(of: 0), option: HandleResolutionOption(items: 3))))
        association = try await endpoint.connect(to: registrar)
        Task(executorPreference: loop) { await self.listen() }
    }

    private static func message(_ message: ASAPMessage) throws -> SCTPMessage {
        SCTPMessage(try message.encoded(), MessageHeader(payloadProtocol: .asap))
    }

    private static func pool(of number: Int) -> PoolHandle { PoolHandle(Array("Pool \(number / poolSize)".utf8)) }

    // MARK: Registering

    func register(_ count: Int) async throws {
        guard let address = endpoint.localAddresses.first else { return }
        for number in 0..<count {
            let element = PoolElementParameter(
                identifier: PoolElementIdentifier(rawValue: UInt32(number + 1)), registrationLife: .seconds(900_000),
                userTransport: .sctp(
                    SCTPTransportParameter(port: address.port, use: .dataPlusControl, addresses: [address.ip])),
                policy: .leastUsed(load: .idle))
            try await until { $0.registered > number - Self.window }
            try await endpoint.sendWhenReady(
                try Self.message(.registration(.init(pool: Self.pool(of: number), element: element))), on: association)
        }
        try await until { $0.registered >= count }
    }

    private func until(_ condition: @Sendable (State) -> Bool) async throws {
        while !state.withLock({ condition($0) }) {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isThere = state.withLock { state in
                    guard !condition(state) else { return true }
                    state.waiter = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    // MARK: Asking

    /// Asks one question after the other from now on.
    func begin() {
        state.withLock { state in
            (state.isOn, state.answers, state.longest) = (true, 0, .zero)
        }
        ask()
    }

    /// Stops; how many answers there were since ``begin()``, and the microseconds that the longest took to come.
    func end() -> (answers: Int, longest: Int64) {
        state.withLock { state in
            state.isOn = false
            return (state.answers, state.longest.components.attoseconds / 1_000_000_000_000)
        }
    }

    private func ask() {
        Task(executorPreference: endpoint.loop) {
            self.state.withLock { $0.asked = .now }
            try? await self.endpoint.send(self.question, on: self.association)
        }
    }

    private func listen() async {
        for await event in endpoint.events {
            switch event {
            case .message(association, let message): take(message.bytes)
            case .notification(association, .lost(let reason)): fail("the association was lost: \(reason)")
            default: continue
            }
        }
    }

    private func take(_ bytes: [UInt8]) {
        switch try? ASAPMessage.decode(bytes).message {
        case .registrationResponse(let response):
            guard !response.isRejected else { return fail("\(response.identifier) is rejected: \(response.causes)") }
            let waiter = state.withLock { state in
                state.registered += 1
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        case .handleResolutionResponse:
            let goesOn = state.withLock { state in
                state.answers += 1
                if let asked = state.asked { state.longest = max(state.longest, .now - asked) }
                return state.isOn
            }
            if goesOn { ask() }
        default: break
        }
    }

    private func fail(_ reason: String) {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(throwing: WalkBenchmark.Failure(reason))
    }
}
