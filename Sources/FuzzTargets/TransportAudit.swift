import SCTPTransport

/// The transport as an engine has to see it: keeps account of every association, and finds fault with actions that no
/// association can take.
struct TransportAudit {
    enum State { case opening, up, closing, aborted, ended }

    struct Association {
        let identifier: AssociationIdentifier
        let addresses: [SCTPAddress]
        var state: State
        /// Data messages sent and not handed back, the oldest first.
        var sent: [SCTPMessage] = []
    }

    /// The associations that have not ended, the oldest first.
    private(set) var live: [Association] = []
    private var ended: Set<AssociationIdentifier> = []

    subscript(identifier: AssociationIdentifier) -> Association? {
        get { live.first { $0.identifier == identifier } }
        set {
            guard let place = live.firstIndex(where: { $0.identifier == identifier }) else { return }
            if let newValue { live[place] = newValue } else { live.remove(at: place) }
        }
    }

    func identifiers(_ states: State...) -> [AssociationIdentifier] {
        live.filter { states.contains($0.state) }.map(\.identifier)
    }

    /// Takes an engine's action.
    mutating func take(_ action: SCTPAction) throws(Fault) {
        switch action {
        case .open(let identifier, let addresses):
            try require(!identifier.isAccepted, "an engine opens association \(identifier), a number for peers' own")
            try require(self[identifier] == nil && !ended.contains(identifier), "association \(identifier) is opened twice")
            try require(!addresses.isEmpty, "association \(identifier) is opened to no address")
            live.append(Association(identifier: identifier, addresses: addresses, state: .opening))
        case .send(let identifier, let message):
            let state = self[identifier]?.state
            try require(
                state == .opening || state == .up, "a message is sent on association \(identifier), which is \(named(state))")
            try require(!message.bytes.isEmpty, "an empty message is sent on association \(identifier)")
            self[identifier]?.sent.append(message)
            if let count = self[identifier]?.sent.count, count > 64 { self[identifier]?.sent.removeFirst() }
        case .shutDown(let identifier):
            let state = self[identifier]?.state
            try require(
                state == .opening || state == .up, "association \(identifier) is shut down, which is \(named(state))")
            self[identifier]?.state = .closing
        case .abort(let identifier):
            let state = self[identifier]?.state
            try require(
                state == .opening || state == .up || state == .closing,
                "association \(identifier) is aborted, which is \(named(state))")
            self[identifier]?.state = .aborted
        }
    }

    private func named(_ state: State?) -> String {
        state.map { "\($0)" } ?? "over or was never there"
    }

    /// An aborted association whose end is due to be told of: the oldest, where there are more than a few.
    var overdueAbort: AssociationIdentifier? {
        let aborted = identifiers(.aborted)
        return aborted.count > 4 ? aborted.first : nil
    }

    /// A peer's association, which comes up.
    mutating func accept(_ number: UInt64, from addresses: [SCTPAddress]) -> AssociationIdentifier {
        let identifier = AssociationIdentifier(accepted: number)
        live.append(Association(identifier: identifier, addresses: addresses, state: .up))
        return identifier
    }

    mutating func established(_ identifier: AssociationIdentifier) {
        if self[identifier]?.state == .opening { self[identifier]?.state = .up }
    }

    mutating func over(_ identifier: AssociationIdentifier) {
        self[identifier] = nil
        ended.insert(identifier)
    }

    /// The notification that ends an association as its state allows.
    func end(of identifier: AssociationIdentifier, _ end: AssociationEnd) -> SCTPNotification {
        switch self[identifier]?.state {
        case .opening: .failed(end)
        case .closing: end == .unreachable ? .lost(end) : .shutDown
        case .aborted: .lost(.abortedLocally)
        case .up, .ended, nil: .lost(end)
        }
    }
}
