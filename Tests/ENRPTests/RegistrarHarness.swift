import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ENRP

/// A registrar on a clock of its own, with peers played by the test.
struct RegistrarHarness {
    static let registrar = RegistrarIdentifier(rawValue: 0x1234_5678)

    var engine: RegistrarEngine<SeededRandomNumberGenerator>
    var now = MonotonicInstant.origin + .seconds(1_000)
    /// What the registrar sent since the test last took it.
    var sent: [(association: AssociationIdentifier, message: ASAPMessage)] = []
    var actions: [SCTPAction] = []
    var events: [RegistrarEvent] = []
    /// Associations whose round-trip time the registrar asked for.
    var measurements: [AssociationIdentifier] = []
    private var peers: UInt64 = 0

    init(_ configuration: RegistrarConfiguration = .standard, seed: UInt64 = 1) {
        engine = RegistrarEngine(
            identifier: Self.registrar, configuration: configuration, randomness: SeededRandomNumberGenerator(seed: seed))
    }

    /// Gives the registrar an input and takes what it does.
    mutating func handle(_ input: RegistrarEngine<SeededRandomNumberGenerator>.Input) {
        engine.handle(input, at: now)
        while let output = engine.nextOutput() {
            switch output {
            case .event(let event): events.append(event)
            case .announcement: break
            case .measurementWanted(let association): measurements.append(association)
            case .transport(.send(let association, let message)):
                #expect(message.header.payloadProtocol == .asap)
                do {
                    sent.append((association, try ASAPMessage.decode(message.bytes).message))
                } catch {
                    Issue.record("the registrar sent what is no message: \(error)")
                }
            case .transport(let action): actions.append(action)
            }
        }
    }

    /// A peer's association from these addresses comes up.
    mutating func connect(_ addresses: String..., port: UInt16 = 5_000) -> AssociationIdentifier {
        peers += 1
        let association = AssociationIdentifier(accepted: peers)
        notify(association, .up(Self.details(addresses, port: port)))
        return association
    }

    static func details(_ addresses: [String], port: UInt16 = 5_000) -> AssociationDetails {
        AssociationDetails(
            peerAddresses: addresses.map { SCTPAddress(IPAddress($0)!, port: port) }, inboundStreams: 1, outboundStreams: 1)
    }

    mutating func notify(_ association: AssociationIdentifier, _ notification: SCTPNotification) {
        handle(.transport(.notification(association, notification)))
    }

    mutating func receive(_ bytes: [UInt8], from association: AssociationIdentifier, protocol identifier: UInt32 = 11) {
        let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: identifier))
        handle(.transport(.message(association, SCTPMessage(bytes, header))))
    }

    mutating func receive(_ message: ASAPMessage, from association: AssociationIdentifier) throws {
        receive(try message.encoded(), from: association)
    }

    /// Lets time pass, the registrar's deadlines included.
    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = engine.nextDeadline, deadline <= end {
            now = max(now, deadline)
            handle(.timer)
        }
        now = end
    }

    mutating func takeSent() -> [ASAPMessage] {
        defer { sent = [] }
        return sent.map(\.message)
    }

    mutating func takeMeasurements() -> [AssociationIdentifier] {
        defer { measurements = [] }
        return measurements
    }

    mutating func takeEvents() -> [RegistrarEvent] {
        defer { events = [] }
        return events
    }

    mutating func takeActions() -> [SCTPAction] {
        defer { actions = [] }
        return actions
    }

    // MARK: Conversations

    /// Registers and returns the causes of the rejection, nil where it was granted.
    mutating func register(
        _ element: PoolElementParameter, in pool: PoolHandle = "Pool", from association: AssociationIdentifier
    ) throws -> [ErrorCause]? {
        sent = []
        try receive(.registration(.init(pool: pool, element: element)), from: association)
        let answers = takeSent()
        guard answers.count == 1, case .registrationResponse(let response) = answers[0] else {
            Issue.record("a registration was answered with \(answers)")
            return nil
        }
        #expect(response.pool == pool)
        #expect(response.identifier == element.identifier)
        #expect(response.isRejected == !response.causes.isEmpty)
        return response.isRejected ? response.causes : nil
    }

    /// Resolves a handle and returns the answer.
    mutating func resolve(
        _ pool: PoolHandle = "Pool", items: UInt32? = nil, wantsUpdates: Bool = false, from association: AssociationIdentifier
    ) throws -> ASAPMessage.HandleResolutionResponse {
        sent = []
        try receive(
            .handleResolution(
                .init(wantsUpdates: wantsUpdates, pool: pool, option: items.map { HandleResolutionOption(items: $0) })),
            from: association)
        let answers = takeSent()
        try #require(answers.count == 1)
        guard case .handleResolutionResponse(let response) = answers[0] else {
            throw WireError(.unrecognizedMessage, at: 0)
        }
        #expect(response.pool == pool)
        return response
    }

    /// Deregisters and returns the causes of the rejection, none where it was granted.
    mutating func deregister(
        _ identifier: UInt32, in pool: PoolHandle = "Pool", from association: AssociationIdentifier
    ) throws -> [ErrorCause] {
        sent = []
        try receive(
            .deregistration(.init(pool: pool, identifier: PoolElementIdentifier(rawValue: identifier))), from: association)
        let answers = takeSent()
        guard answers.count == 1, case .deregistrationResponse(let response) = answers[0] else {
            Issue.record("a deregistration was answered with \(answers)")
            return []
        }
        #expect(response.pool == pool)
        #expect(response.identifier.rawValue == identifier)
        return response.causes
    }

    /// Identifiers of a pool's elements, none where there is no such pool.
    func members(of pool: PoolHandle = "Pool") -> [UInt32] {
        let found = engine.snapshot(at: now).pools.first { $0.handle == pool }
        return found?.elements.map(\.parameter.identifier.rawValue) ?? []
    }
}

extension PoolElementParameter {
    /// An element that serves over SCTP.
    static func sctp(
        _ identifier: UInt32, at addresses: String..., port: UInt16 = 7, use: TransportUse = .dataPlusControl,
        life: RegistrationLife = .seconds(300), policy: PolicyParameter = .roundRobin
    ) -> PoolElementParameter {
        PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: identifier), registrationLife: life,
            userTransport: .sctp(SCTPTransportParameter(port: port, use: use, addresses: addresses.map { IPAddress($0)! })),
            policy: policy)
    }

    /// An element that serves over TCP.
    static func tcp(_ identifier: UInt32, at address: String, policy: PolicyParameter = .roundRobin) -> PoolElementParameter {
        PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: identifier), registrationLife: .seconds(300),
            userTransport: .tcp(TCPTransportParameter(port: 7, address: IPAddress(address)!)), policy: policy)
    }
}

extension ASAPMessage.HandleResolutionResponse {
    var identifiers: [UInt32] { elements.map(\.identifier.rawValue) }
}
