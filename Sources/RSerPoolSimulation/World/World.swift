import ASAP
import ENRP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// Registrars, pool elements and pool users on a simulated network and a virtual clock, with what happens to them.
///
/// One thread, one order of events: the network's first, then the steps of the plan and other appointments, then the
/// processes' timers, each in the order in which they were set. No clock, no random source but the seed.
final class World {
    enum Appointment {
        case wake(place: Int)
        case roundBegins(Int)
        case step(round: Int, index: Int)
        case healing
        case audit
        case settled(round: Int)
        case endLink(from: Int, to: Int)
        case endIsolation(place: Int)
        case endSplit
        case endMulticastLoss
        case endStall(place: Int, incarnation: Int)
        case endSlowClock(place: Int, incarnation: Int)
        case startProcess(place: Int, incarnation: Int)
        case endProcess(Int, Int)
        case registerAgain(Int, Int)
        case adoptionAudit(registrar: Int, incarnation: Int)
        case userTick(Int, Int)
    }

    let options: SimulationOptions
    let timers: SimulationTimers
    /// Whether registrars find each other, and are found, by multicast; else by configured lists. Half of the seeds do.
    let usesMulticast: Bool
    let plan: SimulationPlan
    let network: NetworkSimulation
    private(set) var registrars: [SimulatedRegistrar] = []
    private(set) var elements: [SimulatedElement] = []
    private(set) var users: [SimulatedUser] = []
    private(set) var participants: [Participant] = []
    /// By the number of the simulated endpoint.
    private var owners: [Participant?] = []
    /// By the number of the simulated multicast endpoint.
    private var memberOwners: [Participant?] = []
    private var appointments = Schedule<Appointment>()
    private var isOver = false
    /// The part of multicast datagrams that is lost beyond what the paths lose.
    var multicastLoss = 0.0
    private var multicastRandom: SeededRandomNumberGenerator

    var journal: Journal
    var statistics = SimulationStatistics()
    var checks = CheckState()
    /// The check that failed; the run ends with it.
    private(set) var violation: SimulationViolation?

    /// How long packets take, at least; as much again is random.
    private static let latencies: [Duration] = [.microseconds(500), .milliseconds(5), .milliseconds(40), .milliseconds(150)]

    /// How many registrars, the first ones, the others know from the start; nil: each knows all.
    let mentors: Int?

    /// - Parameters:
    ///   - timers: those of everybody.
    ///   - mentors: how many registrars the others know from the start, and no multicast then; nil for all, or multicast.
    init(
        _ options: SimulationOptions, isRecording: Bool, timers: SimulationTimers = SimulationTimers(), mentors: Int? = nil
    ) {
        self.options = options
        self.timers = timers
        self.mentors = mentors
        plan = SimulationPlan(options)
        usesMulticast = mentors == nil && options.seed % 2 == 0
        multicastRandom = SeededRandomNumberGenerator(seed: options.seed ^ 0x6d75_6c74)
        journal = Journal(isRecording: isRecording)
        // From one room to several continents: what happens at the same time differs.
        var random = SeededRandomNumberGenerator(seed: options.seed ^ 0x6c61_7465)
        let latency = Self.latencies[Int(random.next() >> 33) % Self.latencies.count]
        network = NetworkSimulation(seed: options.seed, path: SimulatedPath(latency: latency, jitter: latency))
        populate()
    }

    var now: MonotonicInstant { network.now }

    private func populate() {
        for index in 0..<options.registrars {
            let host = IPAddress.v4(0x0a00_0001 + UInt32(index))
            registrars.append(SimulatedRegistrar(.registrar, index, place: participants.count, host: host, in: self))
            participants.append(registrars[index])
        }
        for index in 0..<options.elements {
            let host = IPAddress.v4(0x0a10_0001 + UInt32(index))
            elements.append(
                SimulatedElement(index, pool: pool(index), place: participants.count, host: host, in: self))
            participants.append(elements[index])
        }
        for index in 0..<options.users {
            let host = IPAddress.v4(0x0a20_0001 + UInt32(index))
            users.append(SimulatedUser(index, pool: pool(index), place: participants.count, host: host, in: self))
            participants.append(users[index])
        }
    }

    private func pool(_ index: Int) -> PoolHandle { PoolHandle("pool-\(index % options.pools + 1)") }

    /// The registrars as a process finds them in its configuration: each begins with another one.
    func registrarList(for participant: Participant) -> RegistrarList {
        if usesMulticast { return .announced(to: SimulatedRegistrar.group(participant.host, .asap)) }
        let addresses = registrars.map { SCTPAddress($0.host, port: ASAPProtocol.port) }
        let first = participant.index % addresses.count
        return .fixed(Array(addresses[first...] + addresses[..<first]))
    }

    /// The registrars that one knows from its configuration.
    func knownPeers(of registrar: SimulatedRegistrar) -> [SimulatedRegistrar] {
        guard let mentors else { return registrars.filter { $0 !== registrar } }
        return Array(registrars.prefix(min(mentors, registrar.index)))
    }

    // MARK: Running

    /// Runs to the end of the plan, or to the first check that fails.
    func run() {
        for participant in participants {
            // Registrars first, the others within half a minute.
            let delay: Duration =
                participant.role == .registrar
                ? .milliseconds(100 * participant.index) : .milliseconds(2_000 + Int64(participant.place * 7_919 % 28_000))
            appointments.add(.startProcess(place: participant.place, incarnation: 0), at: .origin + delay)
        }
        appointments.add(.roundBegins(0), at: .origin + .seconds(40))
        while violation == nil, !isOver, step() {}
    }

    /// Runs until nothing more happens up to and including an instant.
    func run(until instant: MonotonicInstant) {
        while violation == nil {
            let next = [network.nextInstant, appointments.nextInstant].compactMap { $0 }.min()
            guard let next, next <= instant else { break }
            _ = step()
        }
        network.advance(to: instant)
    }

    /// Puts one more participant into the world.
    func add(_ participant: Participant) {
        participants.append(participant)
    }

    /// Does what is next. False where nothing is.
    private func step() -> Bool {
        while let delivery = network.nextDelivery() {
            deliver(delivery)
            if violation != nil { return false }
        }
        while let announcement = network.nextAnnouncement() {
            deliver(announcement)
            if violation != nil { return false }
        }
        let (happening, appointment) = (network.nextInstant, appointments.nextInstant)
        guard let next = [happening, appointment].compactMap({ $0 }).min() else { return false }
        network.advance(to: next)
        // What the network did at this instant comes first.
        guard happening ?? .distantFuture > next, let (_, due) = appointments.popFirst() else { return true }
        keep(due)
        return true
    }

    private func deliver(_ delivery: SimulatedDelivery) {
        guard let owner = owners[delivery.node.rawValue] else { return }
        statistics.events += 1
        journal.mix(now.nanoseconds &+ UInt64(owner.place) << 48)
        switch delivery.event {
        case .message(let association, let message):
            journal.mix(association.rawValue)
            journal.mix(message.bytes)
        case .notification(let association, let notification):
            journal.mix(association.rawValue ^ Self.code(notification) << 56)
        }
        owner.deliver(delivery.event)
    }

    private func deliver(_ announcement: SimulatedAnnouncement) {
        guard let owner = memberOwners[announcement.member.rawValue], let channel = owner.channel(of: announcement.member)
        else { return }
        // Multicast may be disturbed by itself.
        if multicastLoss > 0, Double(multicastRandom.next() >> 11) * 0x1p-53 < multicastLoss { return }
        statistics.events += 1
        statistics.announcements += 1
        journal.mix(now.nanoseconds &+ UInt64(owner.place) << 48)
        journal.mix(announcement.bytes)
        owner.hear(Announcement(channel: channel, bytes: announcement.bytes, source: announcement.source))
    }

    private static func code(_ notification: SCTPNotification) -> UInt64 {
        switch notification {
        case .up: 1
        case .restarted: 2
        case .failed: 3
        case .lost: 4
        case .peerIsClosing: 5
        case .shutDown: 6
        case .sendFailed: 7
        case .path: 8
        case .readyToSend: 9
        }
    }

    private func keep(_ appointment: Appointment) {
        guard case .wake(let place) = appointment else { return perform(appointment) }
        let participant = participants[place]
        guard participant.wakeInstant == now, !participant.isStalled else { return }
        participant.wakeInstant = nil
        statistics.events += 1
        journal.mix(now.nanoseconds ^ UInt64(place) << 40)
        participant.timerReached()
        participant.arm()
    }

    /// Ends the run: the plan has been carried out.
    func finish() {
        isOver = true
    }

    // MARK: What participants use

    func appoint(_ appointment: Appointment, after delay: Duration) {
        appointments.add(appointment, at: now + delay)
    }

    func wakeUp(_ participant: Participant, at instant: MonotonicInstant) {
        appointments.add(.wake(place: participant.place), at: instant)
    }

    func addEndpoint(_ configuration: SCTPEndpointConfiguration, of participant: Participant) -> SimulatedNodeIdentifier? {
        do throws(SCTPTransportError) {
            let node = try network.addNode(configuration)
            while owners.count <= node.rawValue { owners.append(nil) }
            owners[node.rawValue] = participant
            return node
        } catch {
            fail(.simulation, "\(participant.name) got no endpoint: \(error)")
            return nil
        }
    }

    func addMember(_ configuration: MulticastConfiguration, of participant: Participant) -> SimulatedMemberIdentifier? {
        do throws(SCTPTransportError) {
            let member = try network.addMember(configuration)
            while memberOwners.count <= member.rawValue { memberOwners.append(nil) }
            memberOwners[member.rawValue] = participant
            return member
        } catch {
            fail(.simulation, "\(participant.name) got no multicast endpoint: \(error)")
            return nil
        }
    }

    func removeMember(_ member: SimulatedMemberIdentifier) {
        memberOwners[member.rawValue] = nil
        network.removeMember(member)
    }

    func removeEndpoint(_ node: SimulatedNodeIdentifier, _ how: SimulatedCrash) {
        owners[node.rawValue] = nil
        network.crash(node, how)
    }

    func record(_ occurrence: SimulationOccurrence, of participant: Participant) {
        journal.record(occurrence, of: participant.name, at: now)
    }

    func record(_ text: @autoclosure () -> String) {
        guard journal.isRecording else { return }
        journal.record(.world(text()), of: "world", at: now)
    }

    func fail(_ check: SimulationViolation.Check, _ description: String) {
        guard violation == nil else { return }
        violation = SimulationViolation(check: check, instant: now, description: description)
        record("FAILED: \(description)")
    }
}
