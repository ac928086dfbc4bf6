import CNetworkNamespaces
import InternetAddresses
import Testing

@testable import SCTPTransport

/// One kernel endpoint on its own loop, with everything that it told.
actor Node: SCTPBackendDelegate {
    nonisolated let loop: EventLoop
    private(set) var events: [SCTPEvent] = []
    var maximumAssociations = 1024
    private var accepted: UInt64 = 0
    private var backend: (any SCTPBackend)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ name: String) throws {
        loop = try EventLoop(name: name)
    }

    // MARK: What the backend calls

    nonisolated func backend(didReceive bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) {
        let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        assumeIsolated { $0.events.append(.message(association, SCTPMessage(copy, header))) }
    }

    nonisolated func backend(didNotify notification: SCTPNotification, of association: AssociationIdentifier) {
        assumeIsolated { $0.events.append(.notification(association, notification)) }
    }

    nonisolated func backendNextAcceptedIdentifier() -> AssociationIdentifier? {
        assumeIsolated {
            guard $0.accepted < $0.maximumAssociations else { return nil }
            $0.accepted += 1
            return AssociationIdentifier(accepted: $0.accepted)
        }
    }

    // MARK: What the tests call

    /// Moves the node to another network namespace, which the loop's thread is in from then on. Before opening.
    func enter(namespace: String) throws {
        let result = unsafe network_namespace_enter(namespace)
        try #require(result == 0, "namespace \(namespace) cannot be entered: error \(-result)")
    }

    func limitAssociations(to limit: Int) {
        maximumAssociations = limit
    }

    @discardableResult
    func open(_ configuration: SCTPEndpointConfiguration) throws -> [SCTPAddress] {
        let made = try KernelBackend.make(configuration, on: loop, delegate: self)
        backend = made
        return made.localAddresses
    }

    func perform<Result: Sendable>(_ body: (any SCTPBackend) throws -> Result) throws -> Result {
        try body(#require(backend))
    }

    func send(_ bytes: [UInt8], _ header: MessageHeader = MessageHeader(), on association: AssociationIdentifier) throws {
        try perform { try $0.send(unsafe bytes.span.bytes, header, on: association) }
    }

    func close(within limit: Duration = .seconds(5)) async {
        guard let backend else { return }
        await withCheckedContinuation { continuation in
            backend.close(deadline: loop.now + limit) { continuation.resume() }
        }
        self.backend = nil
    }

    // MARK: Waiting

    /// Waits for an event that `match` makes something of.
    func event<Value>(_ what: String, within limit: Duration = .seconds(20), _ match: (SCTPEvent) -> Value?) async throws
        -> Value
    {
        let end = loop.now + limit
        while loop.now < end {
            for event in events {
                if let value = match(event) { return value }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TimeOut(what: what, events: events.map(\.summary))
    }

    func notification(
        _ expected: SCTPNotification, of association: AssociationIdentifier, within limit: Duration = .seconds(20)
    ) async throws {
        try await event("\(expected) of \(association)", within: limit) {
            $0 == .notification(association, expected) ? () : nil
        }
    }

    func up(_ association: AssociationIdentifier? = nil) async throws -> (AssociationIdentifier, AssociationDetails) {
        try await event("association") {
            guard case .notification(let found, .up(let details)) = $0, found == association ?? found else { return nil }
            return (found, details)
        }
    }

    func messages(_ count: Int, within limit: Duration = .seconds(20)) async throws -> [SCTPMessage] {
        let end = loop.now + limit
        while loop.now < end {
            let messages = received
            if messages.count >= count { return messages }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TimeOut(what: "\(count) messages", events: events.map(\.summary))
    }

    var received: [SCTPMessage] {
        events.compactMap {
            guard case .message(_, let message) = $0 else { return nil }
            return message
        }
    }

    var returned: [UndeliveredMessage] {
        events.compactMap {
            guard case .notification(_, .sendFailed(let message)) = $0 else { return nil }
            return message
        }
    }
}

struct TimeOut: Error, CustomStringConvertible {
    var what: String
    var events: [String]

    var description: String { "no \(what) came; there were \(events.count) events: \(events.prefix(40))" }
}

extension SCTPEvent {
    /// The event without a message's bytes.
    var summary: String {
        switch self {
        case .message(let association, let message): "\(message.bytes.count) bytes on \(association)"
        case .notification(let association, .sendFailed(let message)):
            "\(message.message.bytes.count) bytes of \(association) not delivered"
        case .notification(let association, let notification): "\(association): \(notification)"
        }
    }
}
