import Testing

@testable import SCTPTransport

/// An endpoint together with what it has told so far and no expectation has claimed yet.
final class Witness {
    let name: String
    let endpoint: SCTPEndpoint
    private var iterator: SCTPEvents.Iterator
    private(set) var unclaimed: [SCTPEvent] = []

    init(_ name: String, _ endpoint: SCTPEndpoint) {
        self.name = name
        self.endpoint = endpoint
        iterator = endpoint.events.makeAsyncIterator()
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// Waits for an event for which `pick` returns something, and claims it. Events before it stay unclaimed.
    @discardableResult
    func expect<Value>(_ what: String, _ pick: (SCTPEvent) -> Value?) async throws -> Value {
        for (index, event) in unclaimed.enumerated() {
            guard let value = pick(event) else { continue }
            unclaimed.remove(at: index)
            return value
        }
        while let event = await iterator.next() {
            if let value = pick(event) { return value }
            unclaimed.append(event)
        }
        let seen = unclaimed.suffix(20).map(Witness.brief)
        throw Missing(description: "\(name) waited in vain for \(what); it was told \(seen), after what is claimed already")
    }

    private static func brief(_ event: SCTPEvent) -> String {
        switch event {
        case .message(let association, let message): "\(association): message of \(message.bytes.count) bytes"
        case .notification(let association, .sendFailed(let undelivered)):
            "\(association): not delivered, \(undelivered.message.bytes.count) bytes"
        case .notification(let association, let notification): "\(association): \(notification)"
        }
    }

    @discardableResult
    func expectUp(_ association: AssociationIdentifier) async throws -> AssociationDetails {
        try await expect("association \(association) to come up") { event in
            if case .notification(association, .up(let details)) = event { details } else { nil }
        }
    }

    func expectAccepted() async throws -> (AssociationIdentifier, AssociationDetails) {
        try await expect("an association from a peer") { event in
            if case .notification(let association, .up(let details)) = event, association.isAccepted {
                (association, details)
            } else {
                nil
            }
        }
    }

    func expectMessage(on association: AssociationIdentifier? = nil) async throws -> (AssociationIdentifier, SCTPMessage) {
        try await expect("a message") { event in
            if case .message(let from, let message) = event, association == nil || association == from {
                (from, message)
            } else {
                nil
            }
        }
    }

    func expectText(on association: AssociationIdentifier? = nil) async throws -> String {
        String(decoding: try await expectMessage(on: association).1.bytes, as: UTF8.self)
    }

    func expectNotification(_ notification: SCTPNotification, on association: AssociationIdentifier) async throws {
        try await expect("\(notification) of association \(association)") {
            $0 == .notification(association, notification) ? () : nil
        }
    }

    func expectFailure(_ association: AssociationIdentifier) async throws -> AssociationEnd {
        try await expect("association \(association) to fail") { event in
            if case .notification(association, .failed(let end)) = event { end } else { nil }
        }
    }

    func expectLoss(_ association: AssociationIdentifier) async throws -> AssociationEnd {
        try await expect("association \(association) to be lost") { event in
            if case .notification(association, .lost(let end)) = event { end } else { nil }
        }
    }

    /// Waits for the end of all events, as after closing.
    func drain() async {
        while let event = await iterator.next() { unclaimed.append(event) }
    }

    /// Undelivered messages that were told and not claimed.
    var undelivered: [UndeliveredMessage] {
        unclaimed.compactMap { if case .notification(_, .sendFailed(let message)) = $0 { message } else { nil } }
    }

    func send(_ text: String, _ header: MessageHeader = MessageHeader(), on association: AssociationIdentifier) async throws {
        try await endpoint.send(Array(text.utf8), header, on: association)
    }
}

/// The error that `body` throws; a test fails where it throws none.
func transportError(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> SCTPTransportError.Code? {
    do {
        try await body()
    } catch let error as SCTPTransportError {
        #expect(error.message.count > 20, "an error for people is a sentence", sourceLocation: sourceLocation)
        return error.code
    } catch {
        Issue.record("an error of the transport was expected, not \(error)", sourceLocation: sourceLocation)
        return nil
    }
    return nil
}

func closeAll(_ witnesses: Witness...) async {
    for witness in witnesses { await witness.endpoint.close(within: .zero) }
}
