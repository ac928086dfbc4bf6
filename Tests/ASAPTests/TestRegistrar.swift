import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// As much of a registrar as pool elements and pool users need: it grants, answers, and keeps a list.
struct TestRegistrarEngine: TransportEngine {
    enum Input: TransportEngineInput {
        case transport(SCTPEvent)
        case announcement(Announcement)
        case timer
        /// Send a message to whoever registered the element.
        case tell(PoolElementIdentifier, ASAPMessage)
    }

    enum Output: TransportEngineOutput {
        case transport(SCTPAction)
        case received(ASAPMessage)

        var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }
    }

    var outputs = OutputQueue<Output>()
    /// Causes for which every registration is refused; none: it is granted.
    var refusal: [ErrorCause] = []
    var elements: [(pool: PoolHandle, element: PoolElementParameter, association: AssociationIdentifier)] = []
    var nextDeadline: MonotonicInstant? { nil }

    mutating func nextOutput() -> Output? { outputs.popFirst() }

    mutating func handle(_ input: Input, at now: MonotonicInstant) {
        switch input {
        case .transport(.message(let association, let message)):
            guard let message = try? ASAPMessage.decode(message.bytes).message else { return }
            outputs.append(.received(message))
            answer(message, association)
        case .tell(let identifier, let message):
            guard let entry = elements.first(where: { $0.element.identifier == identifier }) else { return }
            send(message, entry.association)
        case .transport(.notification), .announcement, .timer:
            break
        }
    }

    private mutating func answer(_ message: ASAPMessage, _ association: AssociationIdentifier) {
        switch message {
        case .registration(let registration):
            let identifier = registration.element.identifier
            guard refusal.isEmpty else {
                return send(
                    .registrationResponse(
                        .init(isRejected: true, pool: registration.pool, identifier: identifier, causes: refusal)),
                    association)
            }
            elements.removeAll { $0.pool == registration.pool && $0.element.identifier == identifier }
            elements.append((registration.pool, registration.element, association))
            send(.registrationResponse(.init(pool: registration.pool, identifier: identifier)), association)
        case .deregistration(let deregistration):
            elements.removeAll { $0.pool == deregistration.pool && $0.element.identifier == deregistration.identifier }
            send(
                .deregistrationResponse(.init(pool: deregistration.pool, identifier: deregistration.identifier)),
                association)
        case .handleResolution(let question):
            let found = elements.filter { $0.pool == question.pool }.map(\.element)
            send(
                .handleResolutionResponse(
                    .init(
                        pool: question.pool, policy: found.first?.policy, elements: found,
                        causes: found.isEmpty ? [.unknownPoolHandle] : [])), association)
        default:
            break
        }
    }

    private mutating func send(_ message: ASAPMessage, _ association: AssociationIdentifier) {
        guard let bytes = try? message.encoded() else { return }
        outputs.append(.transport(.send(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }
}

/// The registrar on an endpoint.
actor TestRegistrar {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    nonisolated let endpoint: SCTPEndpoint
    private var driver: EngineDriver<TestRegistrarEngine>?
    private(set) var received: [ASAPMessage] = []

    init(at address: IPAddress, _ backend: SCTPBackendChoice, on loop: EventLoop) async throws {
        self.loop = loop
        let configuration = SCTPEndpointConfiguration(localAddresses: [address], port: ASAPProtocol.port)
        endpoint = try await SCTPEndpoint.open(configuration, backend: backend, on: loop)
        start()
    }

    private func start() {
        let driver = EngineDriver(TestRegistrarEngine(), endpoint: endpoint) { output in
            if case .received(let message) = output { self.received.append(message) }
        }
        self.driver = driver
        driver.start()
    }

    var elements: [PoolElementParameter] { driver?.engine.elements.map(\.element) ?? [] }

    func refuse(_ causes: [ErrorCause]) { driver?.engine.refusal = causes }

    func tell(_ identifier: PoolElementIdentifier, _ message: ASAPMessage) {
        driver?.handle(.tell(identifier, message))
    }

    func close() async {
        driver?.stop()
        await endpoint.close(within: .zero)
    }

    /// Waits, on the loop's clock, until the registrar has as many elements.
    nonisolated func hasElements(_ count: Int) async throws {
        while await elements.count != count { try await loop.sleep(for: .milliseconds(10)) }
    }
}
