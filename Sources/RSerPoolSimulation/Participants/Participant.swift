import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A host with one process: a registrar, a pool element or a pool user.
class Participant {
    enum Role: String { case registrar, element, user }

    unowned let world: World
    let role: Role
    /// Its number among those of its role, from 0.
    let index: Int
    /// Its place among the world's participants.
    let place: Int
    let host: IPAddress
    var clock = LocalClock()
    /// True while the process stands still.
    var isStalled = false
    /// How the process ends when it crashes next.
    var crashManner = SimulatedCrash.host
    /// How often the process has started.
    var incarnation = 0
    /// The instant of the world for which a wake-up is scheduled; older entries of the schedule are stale.
    var wakeInstant: MonotonicInstant?

    init(_ role: Role, _ index: Int, place: Int, host: IPAddress, in world: World) {
        self.role = role
        self.index = index
        self.place = place
        self.host = host
        self.world = world
    }

    var name: String { "\(role.rawValue)-\(index + 1)" }

    /// The time as the process sees it.
    var now: MonotonicInstant { clock.local(world.now) }

    // What each role does.
    var isRunning: Bool { false }
    var nextDeadline: MonotonicInstant? { nil }
    func start() {}
    func crash() {}
    func deliver(_ event: SCTPEvent) {}
    func hear(_ announcement: Announcement) {}
    func channel(of member: SimulatedMemberIdentifier) -> TransportChannel? { nil }
    func timerReached() {}
    var endpoints: [SimulatedNodeIdentifier] { [] }

    /// A generator of its own for each start of each process, so that one process's draws do not shift another's.
    func makeRandomness() -> SeededRandomNumberGenerator {
        let base: UInt64 =
            switch role {
            case .registrar: 1 << 40
            case .element: 2 << 40
            case .user: 3 << 40
            }
        var mixer = SeededRandomNumberGenerator(seed: world.options.seed)
        var seed = mixer.next()
        seed ^= (base + UInt64(index) << 16 + UInt64(incarnation)) &* 0x9e37_79b9_7f4a_7c15
        return SeededRandomNumberGenerator(seed: seed)
    }

    /// Sets the wake-up for the engine's deadline.
    func arm() {
        guard isRunning, !isStalled, let deadline = nextDeadline else { return wakeInstant = nil }
        let instant = max(clock.world(deadline), world.now)
        guard wakeInstant != instant else { return }
        wakeInstant = instant
        world.wakeUp(self, at: instant)
    }

    func setStalled(_ isStalled: Bool) {
        guard self.isStalled != isStalled else { return }
        self.isStalled = isStalled
        for endpoint in endpoints { world.network.setReceivingPaused(isStalled, endpoint) }
        arm()
    }
}
