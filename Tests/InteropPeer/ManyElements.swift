import ASAP
import Glibc
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// Many pool elements in one process, over one association to their home registrar. They answer keep-alives, and follow whoever claims
/// to be their home (RFC 5352 §3.5) by registering there. They serve nobody. Where several are in one pool, keep-alives have to name
/// the element, as rsplib's do.
struct ManyElements {
    var local: IPAddress
    var registrar: SCTPAddress
    /// The elements' pools, which they join in turn.
    var pools: [PoolHandle]
    var first: UInt32
    var count: Int
    /// Registrations that may be unanswered.
    private let window = 100

    init(local: IPAddress, registrar: SCTPAddress, pools: [PoolHandle], first: UInt32, count: Int) {
        self.local = local
        self.registrar = registrar
        self.pools = pools
        self.first = first
        self.count = count
    }

    private func registration(_ number: Int, home: RegistrarIdentifier, port: UInt16) -> ASAPMessage {
        .registration(
            .init(
                pool: pools[number % pools.count],
                element: PoolElementParameter(
                    identifier: PoolElementIdentifier(rawValue: first + UInt32(number)), homeRegistrar: home,
                    // rsplib takes it for milliseconds.
                    registrationLife: .seconds(900_000),
                    userTransport: .sctp(SCTPTransportParameter(port: port, use: .dataPlusControl, addresses: [local])),
                    policy: PolicyParameter(type: PolicyType(rawValue: 1)))))
    }

    /// Registers them all, prints "registered", and goes on until the process is ended. Prints "home IDENTIFIER COUNT" when all elements
    /// have followed another registrar.
    func run() async throws {
        let endpoint = try await SCTPEndpoint.open(SCTPEndpointConfiguration(localAddresses: [local]), backend: .kernel)
        guard let port = endpoint.localAddresses.first?.port else { return }
        let header = MessageHeader(payloadProtocol: .asap)
        func send(_ message: ASAPMessage, on association: AssociationIdentifier) async throws {
            let message = SCTPMessage(try message.encoded(), header)
            // A registrar that has just gone misses it; another one will ask.
            do { try await endpoint.sendWhenReady(message, on: association) } catch is SCTPTransportError {}
        }

        let association = try await endpoint.connect(to: [registrar])
        var sent = 0
        var registered = 0
        var homes = [RegistrarIdentifier](repeating: .undetermined, count: count)
        var following: [RegistrarIdentifier: Int] = [:]
        for await event in endpoint.events {
            guard case .message(let source, let bytes) = event else {
                if case .notification(association, .up) = event {
                    while sent < min(count, window) {
                        try await send(registration(sent, home: .undetermined, port: port), on: association)
                        sent += 1
                    }
                }
                continue
            }
            switch try ASAPMessage.decode(bytes.bytes).message {
            case .registrationResponse(let response):
                guard !response.isRejected else {
                    throw InteropPeer.Failure(description: "\(response.identifier) is rejected: \(response.causes)")
                }
                registered += 1
                if registered == count { tell("registered") }
                if sent < count {
                    try await send(registration(sent, home: .undetermined, port: port), on: source)
                    sent += 1
                }
            case .endpointKeepAlive(let message):
                let number = message.identifier.map { Int($0.rawValue - first) } ?? pools.firstIndex(of: message.pool) ?? count
                guard number < count else { continue }
                let identifier = PoolElementIdentifier(rawValue: first + UInt32(number))
                try await send(.endpointKeepAliveAcknowledgement(.init(pool: message.pool, identifier: identifier)), on: source)
                guard message.claimsHome, homes[number] != message.server else { continue }
                homes[number] = message.server
                following[message.server, default: 0] += 1
                try await send(registration(number, home: message.server, port: port), on: source)
                if following[message.server] == count { tell("home \(message.server) \(count)") }
            default: continue
            }
        }
    }

    private func tell(_ line: String) {
        print(line)
        // Whoever waits for the line reads it from a file.
        fflush(nil)
    }
}
