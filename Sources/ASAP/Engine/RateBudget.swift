import SCTPTransport

/// How often a second something may be had: so a peer does not decide how much is sent back to it.
struct RateBudget: Sendable {
    /// ASAP_ERRORs that an element or a user sends a second.
    static let maximumErrorsPerSecond = 100
    /// Keep-alives that a pool element takes from one association a second; a registrar sends one every few.
    static let maximumKeepAlivesPerSecond = 100

    private let limit: Int
    private var windowStart = MonotonicInstant.origin
    private var taken = 0

    init(_ limit: Int) {
        self.limit = limit
    }

    /// True where one more may be had now; it then counts.
    mutating func take(at now: MonotonicInstant) -> Bool {
        if now - windowStart >= .seconds(1) {
            windowStart = now
            taken = 0
        }
        guard taken < limit else { return false }
        taken += 1
        return true
    }
}
