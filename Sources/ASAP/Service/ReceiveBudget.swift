import SCTPTransport

extension SCTPEndpointConfiguration {
    /// The same for an endpoint beside it, for associations with registrars: at the same addresses, which a registrar compares
    /// with those that are registered (RFC 5352 §2.2.1), and another port. A pool element listens there too: a registrar that
    /// takes it over opens its association to where it registered from (RFC 5353 §3.5.2).
    func forControl(isListening: Bool) -> SCTPEndpointConfiguration {
        var control = self
        control.channel = .control
        control.port = 0
        control.encapsulationPort = nil
        control.isListening = isListening
        return control
    }
}

/// Counts the bytes that sessions have received and their programs have not taken, and says when reading has to pause, so that
/// the peers' windows close.
struct ReceiveBudget {
    private let limit: Int
    private var waiting = 0
    private var isPaused = false

    init(limit: Int) {
        self.limit = limit
    }

    /// True where reading has to pause from now on; nil where nothing changes.
    mutating func add(_ bytes: Int) -> Bool? {
        waiting += bytes
        guard !isPaused, waiting >= limit else { return nil }
        isPaused = true
        return true
    }

    /// False where reading may go on from now on; nil where nothing changes.
    mutating func remove(_ bytes: Int) -> Bool? {
        waiting -= bytes
        // Not at once: pausing and resuming cost system calls.
        guard isPaused, waiting <= limit / 2 else { return nil }
        isPaused = false
        return false
    }
}
