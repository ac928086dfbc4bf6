import Glibc
import InternetAddresses
import SCTPTransport

/// One side of the test in which SCTP in user space talks to the kernel's.
///
///     CrossStackPeer listen ADDRESS PORT
///     CrossStackPeer connect ADDRESS PEER:PORT[/UDP-PORT]
///
/// The listener echoes messages, aborts the association on one word and stops on another. The connecting side sends messages of
/// all kinds, compares what comes back, has an association aborted and another shut down, and exits with 0 where all went well.
/// `RSERPOOL_TRANSPORT` chooses the SCTP.
@main
struct CrossStackPeer {
    private static let abortWord = Array("abort this association".utf8)
    private static let stopWord = Array("stop listening".utf8)
    /// Seconds after which a hanging peer is ended by the system.
    private static let timeLimit: UInt32 = 60

    struct Failure: Error {
        var text: String
    }

    static func main() async {
        alarm(timeLimit)
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch let failure as Failure {
            finish("cross-stack: \(failure.text)", 1)
        } catch {
            finish("cross-stack: \(error)", 1)
        }
    }

    private static func finish(_ text: String, _ status: CInt) -> Never {
        print(text)
        exit(status)
    }

    private static func run(_ arguments: [String]) async throws {
        guard arguments.count == 3, let local = IPAddress(arguments[1]) else {
            throw Failure(text: "usage: listen ADDRESS PORT, or connect ADDRESS PEER:PORT[/UDP-PORT]")
        }
        var configuration = SCTPEndpointConfiguration(localAddresses: [local])
        configuration.timing.initialRetransmissionTimeout = .milliseconds(500)
        if arguments[0] == "listen", let port = UInt16(arguments[2]) {
            configuration.port = port
            try await listen(configuration)
        } else if arguments[0] == "connect", let peer = SCTPAddress(arguments[2]) {
            configuration.isListening = false
            try await connect(configuration, peer)
        } else {
            throw Failure(text: "\(arguments[0]) \(arguments[2]) is not understood")
        }
    }

    private static func listen(_ configuration: SCTPEndpointConfiguration) async throws {
        let endpoint = try await SCTPEndpoint.open(configuration)
        print("listening at \(endpoint.localAddresses) over \(endpoint.backendKind.rawValue) SCTP")
        // Whoever waits for the line reads it from a file.
        fflush(nil)
        var stopping: AssociationIdentifier?
        for await event in endpoint.events {
            switch event {
            case .message(let association, let message) where message.bytes == abortWord:
                try await endpoint.abort(association)
            case .message(let association, let message):
                if message.bytes == stopWord { stopping = association }
                try await endpoint.sendWhenReady(message, on: association)
            case .notification(let association, let notification):
                print("\(association): \(notification)")
                if association == stopping, notification == .shutDown {
                    await endpoint.close(within: .seconds(5))
                    return
                }
            }
        }
        throw Failure(text: "the endpoint ended by itself")
    }

    private static func connect(_ configuration: SCTPEndpointConfiguration, _ peer: SCTPAddress) async throws {
        let endpoint = try await SCTPEndpoint.open(configuration)
        var events = endpoint.events.makeAsyncIterator()

        func connect() async throws -> AssociationIdentifier {
            let association = try await endpoint.connect(to: [peer])
            guard case .notification(association, .up(let details)) = await events.next() else {
                throw Failure(text: "no association with \(peer) over \(endpoint.backendKind.rawValue) SCTP came up")
            }
            guard details.peerAddresses.contains(where: { $0.ip == peer.ip }) else {
                throw Failure(text: "the peer's addresses are \(details.peerAddresses), without \(peer)")
            }
            return association
        }

        let first = try await connect()
        let start = endpoint.loop.now
        let sent = (0..<100).map(message)
        let sender = Task {
            for message in sent { try await endpoint.sendWhenReady(message, on: first) }
        }
        var received: [SCTPMessage] = []
        while received.count < sent.count, let event = await events.next() {
            switch event {
            case .message(_, let message): received.append(message)
            case .notification(_, .path), .notification(_, .readyToSend): continue
            case .notification(_, let notification):
                throw Failure(text: "after \(received.count) messages the association told \(notification)")
            }
        }
        try await sender.value
        let time = endpoint.loop.now - start
        received.sort { $0.header.payloadProtocol.rawValue < $1.header.payloadProtocol.rawValue }
        guard received == sent else { throw Failure(text: "the messages came back changed") }

        try await endpoint.send(abortWord, on: first)
        try await expect(.lost(.abortedByPeer), first, &events)
        let second = try await connect()
        try await endpoint.send(stopWord, on: second)
        guard case .message(second, SCTPMessage(stopWord)) = await events.next() else {
            throw Failure(text: "the last message did not come back")
        }
        try await endpoint.shutDown(second)
        try await expect(.shutDown, second, &events)
        await endpoint.close(within: .seconds(5))
        let bytes = sent.reduce(0) { $0 + $1.bytes.count }
        print(
            "\(endpoint.backendKind.rawValue) SCTP connected: \(sent.count) messages, \(bytes) bytes and back in \(time), then abort "
                + "and shutdown")
    }

    /// A message of one to 9,802 bytes, which tells its number in its payload protocol identifier.
    private static func message(_ number: Int) -> SCTPMessage {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1 + number * number)
        for index in bytes.indices { bytes[index] &+= UInt8(truncatingIfNeeded: index &* 7) }
        let header = MessageHeader(
            payloadProtocol: PayloadProtocolIdentifier(rawValue: UInt32(number)), stream: UInt16(number % 8),
            isUnordered: number.isMultiple(of: 3))
        return SCTPMessage(bytes, header)
    }

    private static func expect(
        _ expected: SCTPNotification, _ association: AssociationIdentifier, _ events: inout SCTPEvents.Iterator
    ) async throws {
        while let event = await events.next() {
            if event == .notification(association, expected) { return }
            switch event {
            // The word that made the peer abort may come back: nobody acknowledged it.
            case .notification(_, .path), .notification(_, .sendFailed): continue
            default: break
            }
            throw Failure(text: "instead of \(expected) came \(event)")
        }
        throw Failure(text: "the endpoint ended before \(expected)")
    }
}
