import InternetAddresses
import RSerPoolParameters
import SCTPTransport

@testable import ASAP

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
        case announce(OutgoingAnnouncement)

        var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }

        var announcement: OutgoingAnnouncement? {
            if case .announce(let announcement) = self { announcement } else { nil }
        }
    }

    var outputs = OutputQueue<Output>()
    /// Causes for which every registration is refused; none: it is granted.
    var refusal: [ErrorCause] = []
    var elements: [(pool: PoolHandle, element: PoolElementParameter, association: AssociationIdentifier)] = []
    /// Who wants to be told of changes, and of which pool.
    var followers: [(pool: PoolHandle, association: AssociationIdentifier)] = []
    /// When to announce next; nil where this registrar does not.
    var nextDeadline: MonotonicInstant?

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
        case .timer:
            guard let deadline = nextDeadline, deadline <= now else { return }
            announce(at: now)
        case .transport(.notification(let association, .lost)), .transport(.notification(let association, .shutDown)):
            followers.removeAll { $0.association == association }
        case .transport(.notification), .announcement:
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
            tellFollowers(of: registration.pool)
        case .deregistration(let deregistration):
            elements.removeAll { $0.pool == deregistration.pool && $0.element.identifier == deregistration.identifier }
            send(
                .deregistrationResponse(.init(pool: deregistration.pool, identifier: deregistration.identifier)),
                association)
            tellFollowers(of: deregistration.pool)
        case .handleResolution(let question):
            followers.removeAll { $0.pool == question.pool && $0.association == association }
            let response = response(for: question.pool, promising: question.wantsUpdates)
            if response.promisesUpdates { followers.append((question.pool, association)) }
            send(.handleResolutionResponse(response), association)
        default:
            break
        }
    }

    private func response(for pool: PoolHandle, promising: Bool) -> ASAPMessage.HandleResolutionResponse {
        let found = elements.filter { $0.pool == pool }.map(\.element)
        return .init(
            promisesUpdates: promising && !found.isEmpty, pool: pool, policy: found.first?.policy, elements: found,
            causes: found.isEmpty ? [.unknownPoolHandle] : [])
    }

    private mutating func tellFollowers(of pool: PoolHandle) {
        let response = response(for: pool, promising: true)
        for follower in followers where follower.pool == pool {
            send(.handleResolutionResponse(response), follower.association)
        }
        if response.elements.isEmpty { followers.removeAll { $0.pool == pool } }
    }

    /// T6: one announcement a second, without a transport parameter.
    mutating func announce(at now: MonotonicInstant) {
        nextDeadline = now + .seconds(1)
        let message = ASAPMessage.serverAnnounce(.init(server: RegistrarIdentifier(rawValue: 0x5352)))
        guard let bytes = try? message.encoded() else { return }
        outputs.append(.announce(OutgoingAnnouncement(channel: .asap, bytes: bytes)))
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
    private var tcp: SCTPEndpoint?
    private var multicast: MulticastEndpoint?
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

    /// The associations whose users follow a pool.
    var followerCount: Int { driver?.engine.followers.count ?? 0 }

    /// Announces itself to a group from now on.
    func announce(to group: MulticastConfiguration, _ backend: SCTPBackendChoice) async throws {
        let multicast = try await MulticastEndpoint.open(group, backend: backend, on: loop)
        self.multicast = multicast
        driver?.add(multicast, channel: .asap)
        driver?.engine.announce(at: loop.now)
        driver?.drain()
    }

    /// Answers over TCP too.
    func serveTCP(at address: IPAddress, port: UInt16, _ backend: SCTPBackendChoice) async throws {
        var configuration = SCTPEndpointConfiguration(localAddresses: [address], port: port)
        configuration.channel = .asapOverTCP
        let endpoint = try await SCTPEndpoint.open(configuration, backend: backend.tcp(.asap), on: loop)
        tcp = endpoint
        driver?.add(endpoint, channel: .asapOverTCP)
    }

    func refuse(_ causes: [ErrorCause]) { driver?.engine.refusal = causes }

    func tell(_ identifier: PoolElementIdentifier, _ message: ASAPMessage) {
        driver?.handle(.tell(identifier, message))
    }

    func close() async {
        driver?.stop()
        await multicast?.close()
        await tcp?.close(within: .zero)
        await endpoint.close(within: .zero)
    }

    /// Waits, on the loop's clock, until the registrar has as many elements.
    nonisolated func hasElements(_ count: Int) async throws {
        while await elements.count != count { try await loop.sleep(for: .milliseconds(10)) }
    }
}
