import ASAP
import ENRP
import SCTPTransport

/// The timers of everything in a simulated world, and the bounds that follow from them.
struct SimulationTimers {
    var registrar = RegistrarConfiguration.standard
    let peer = PeerConfiguration.standard
    let element: PoolElementConfiguration
    let user: PoolUserConfiguration
    let transport: SCTPTiming

    /// How long a supervisor waits before it has an element that gave up try again.
    static let supervisorPause = Duration.seconds(10)
    /// How often a user sends in its session.
    static let userPace = Duration.seconds(5)
    /// How long a user waits for an answer before it goes to another element (RFC 5352 §6.9.2).
    static let userPatience = Duration.seconds(20)

    /// The values of the RFCs, where they give one; of SCTP's, those that production networks are advised to lower, lowered.
    init() {
        element = .standard
        user = .standard
        var transport = SCTPTiming()
        transport.maximumRetransmissionTimeout = .seconds(10)
        transport.maximumAssociationRetransmissions = 5
        transport.maximumInitRetransmissions = 4
        self.transport = transport
    }

    /// A registrar's configuration with the registrars that it knows from the start.
    func registrar(peers: [[SCTPAddress]], usesMulticast: Bool) -> RegistrarConfiguration {
        do throws(ConfigurationError) {
            return try RegistrarConfiguration(
                keepAliveInterval: registrar.keepAliveInterval, keepAliveTimeout: registrar.keepAliveTimeout,
                peers: PeerConfiguration(
                    peers: usesMulticast ? [] : peers, announcesToPeers: usesMulticast, announcesToClients: usesMulticast))
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// How long until an association notices that its peer does not answer: time-outs double up to RTO.Max, and each may follow
    /// a heartbeat's interval where there is no data (RFC 9260 §8.1, §8.3).
    var failureDetection: Duration {
        var (sum, timeout) = (Duration.zero, transport.initialRetransmissionTimeout)
        for _ in 0...transport.maximumAssociationRetransmissions {
            sum += timeout + (transport.heartbeatInterval ?? .zero)
            timeout = min(timeout * 2, transport.maximumRetransmissionTimeout)
        }
        return sum
    }

    /// How long an element may take to be registered again that no registrar knows any more: until its re-registration, which is
    /// not answered as often as it may be, with a search after each time, and a pause where it gave up (RFC 5352 §3.1, §3.6, §7).
    var registrationRecovery: Duration {
        let attempts = element.maximumRegistrationAttempts ?? 1
        return element.reregistrationInterval + Self.supervisorPause
            + (element.registrationTimeout + element.serverHunt.maximumServerHuntTimeout) * attempts
    }

    /// How long a registrar may take to find out that an element is gone (RFC 5352 §3.5): a keep-alive interval varied by half,
    /// and its time-out.
    var removalDetection: Duration {
        registrar.keepAliveInterval * 3 / 2 + registrar.keepAliveTimeout
    }

    /// How long registrars may take to agree which of them live and whose the elements are: a peer is found to be dead
    /// (RFC 5353 §3.4.3), another takes it over, perhaps after a third one that failed meanwhile (§3.5), and presences show
    /// what differs (§3.6), which is fetched after the pause that earlier attempts have earned.
    var peerRecovery: Duration {
        peer.maximumTimeLastHeard + peer.maximumTimeNoResponse + peer.takeoverTimeout * peer.maximumTakeoverAttempts
            + peer.takeoverExpiry + peer.heartbeatCycle * 2 + peer.maximumResynchronisationDelay
    }

    /// How long after a takeover in peace its elements know: the keep-alive reaches them over a new association, or times out.
    var adoptionBound: Duration { registrar.keepAliveTimeout * 2 }

    /// When the faults have ended, no element has two living home registrars after this long.
    var ownershipBound: Duration {
        SimulationPlan.pauseBeforePeacefulCrash + failureDetection + peerRecovery
    }

    /// How long a user may take to have an element again.
    var sessionRecovery: Duration {
        user.failoverTimeLimit + user.staleCacheValue + user.serverHunt.maximumServerHuntTimeout + Self.userPatience
            + Self.userPace * 2
    }

    /// When the faults have ended, everything holds again after this long.
    var settlingTime: Duration {
        SimulationPlan.pauseBeforePeacefulCrash + failureDetection
            + max(registrationRecovery, removalDetection, peerRecovery) + sessionRecovery
    }

    /// No user is handed an element that is gone for longer than this: what a registrar needs to find out, and what a user's
    /// cache keeps (stale_cache_value, RFC 5352 §7.2). Counted from the end of the last fault where that is later.
    var stalenessBound: Duration {
        failureDetection + removalDetection + user.staleCacheValue
    }
}
