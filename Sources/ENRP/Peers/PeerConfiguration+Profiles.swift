extension PeerConfiguration {
    /// Fast timers for registrars of one local network, near those of rsplib: a peer that fails is taken over within seconds.
    public static let lan: PeerConfiguration = {
        do {
            return try PeerConfiguration(
                heartbeatCycle: .milliseconds(2_400), maximumTimeLastHeard: .seconds(5), maximumTimeNoResponse: .seconds(2),
                mentorDiscoveryTime: .seconds(5), mentorRetryDelay: .seconds(1), takeoverTimeout: .seconds(2),
                takeoverExpiry: .seconds(8))
        } catch {
            preconditionFailure("the profile is not a valid one: \(error)")
        }
    }()
}
