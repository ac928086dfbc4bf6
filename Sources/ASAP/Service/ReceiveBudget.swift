import SCTPTransport

/// Counts the bytes that sessions have received and their programs have not taken, and pauses the endpoint while they are too
/// many, so that the peers' windows close.
struct ReceiveBudget {
    private let endpoint: LoopEndpoint
    private let limit: Int
    private var waiting = 0
    private var isPaused = false

    /// On the endpoint's loop only.
    init(of endpoint: SCTPEndpoint) {
        self.endpoint = endpoint.onLoop
        limit = endpoint.configuration.receiveQueueLimit
    }

    mutating func add(_ bytes: Int) {
        waiting += bytes
        guard !isPaused, waiting >= limit else { return }
        isPaused = true
        endpoint.setReceivingPaused(true)
    }

    mutating func remove(_ bytes: Int) {
        waiting -= bytes
        // Not at once: pausing and resuming cost system calls.
        guard isPaused, waiting <= limit / 2 else { return }
        isPaused = false
        endpoint.setReceivingPaused(false)
    }
}
