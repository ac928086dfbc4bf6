import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A pool user's questions to a registrar, many over one association (RFC 5352 §2.2.5), printed as they are answered.
struct Resolutions {
    var local: IPAddress
    var registrar: SCTPAddress
    var pool: PoolHandle

    /// Asks `count` times for `items` elements and prints each answer's identifiers in their order, a line each.
    func printOrders(items: UInt32, count: Int) async throws {
        try await ask(items: items, count: count) { response in
            response.elements.map { "\($0.identifier)" }.joined(separator: " ")
        }
    }

    /// Asks once for all elements and prints each, by ascending identifier: identifier, policy and its values, user transport.
    func printElements() async throws {
        try await ask(items: .max, count: 1) { response in
            response.elements.sorted { $0.identifier < $1.identifier }.map { element in
                let values = (0..<element.policy.data.count / 4).compactMap { element.policy.data.word(at: $0) }
                let policy = ([element.policy.type.rawValue] + values).map(hexadecimalText).joined(separator: ":")
                return "\(element.identifier) \(policy) \(element.userTransport)"
            }.joined(separator: "\n")
        }
    }

    private func ask(
        items: UInt32, count: Int, line: (ASAPMessage.HandleResolutionResponse) -> String
    ) async throws {
        let connection = try await Connection(local: local, peer: registrar)
        let request = ASAPMessage.handleResolution(.init(pool: pool, option: HandleResolutionOption(items: items)))
        for _ in 0..<count {
            try await connection.send(request)
            guard case .handleResolutionResponse(let response) = try await connection.next() else {
                throw InteropPeer.Failure(description: "the registrar at \(registrar) answers with something else")
            }
            guard response.causes.isEmpty else {
                throw InteropPeer.Failure(description: "the registrar at \(registrar) tells \(response.causes)")
            }
            print(line(response))
        }
        await connection.endpoint.close(within: .seconds(1))
    }
}

/// One association to a registrar on kernel SCTP, for ASAP.
struct Connection {
    let endpoint: SCTPEndpoint
    let association: AssociationIdentifier
    private var iterator: Box

    /// The events' iterator is taken up again by every call.
    private final class Box {
        var events: SCTPEvents.Iterator
        init(_ events: SCTPEvents.Iterator) { self.events = events }
    }

    init(local: IPAddress, peer: SCTPAddress) async throws {
        endpoint = try await SCTPEndpoint.open(SCTPEndpointConfiguration(localAddresses: [local]), backend: .kernel)
        iterator = Box(endpoint.events.makeAsyncIterator())
        association = try await endpoint.connect(to: [peer])
        guard case .notification(association, .up) = await iterator.events.next() else {
            throw InteropPeer.Failure(description: "no association with \(peer)")
        }
    }

    func send(_ message: ASAPMessage) async throws {
        let header = MessageHeader(payloadProtocol: .asap)
        try await endpoint.sendWhenReady(SCTPMessage(try message.encoded(), header), on: association)
    }

    /// The next message on the association.
    func next() async throws -> ASAPMessage {
        while let event = await iterator.events.next() {
            switch event {
            case .message(association, let message): return try ASAPMessage.decode(message.bytes).message
            case .notification(association, .lost(let reason)):
                throw InteropPeer.Failure(description: "the association was lost: \(reason)")
            default: continue
            }
        }
        throw InteropPeer.Failure(description: "the endpoint ended")
    }
}
