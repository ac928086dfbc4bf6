import SCTPTransport

/// How many ASAP_ERRORs are sent a second: a peer that sends nothing but nonsense does not decide how much is sent back.
struct ErrorBudget: Sendable {
    static let maximumErrorsPerSecond = 100

    private var windowStart = MonotonicInstant.origin
    private var sent = 0

    /// True where one more may be sent now; it then counts as sent.
    mutating func take(at now: MonotonicInstant) -> Bool {
        if now - windowStart >= .seconds(1) {
            windowStart = now
            sent = 0
        }
        guard sent < Self.maximumErrorsPerSecond else { return false }
        sent += 1
        return true
    }
}
