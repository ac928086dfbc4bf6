import ASAP
import ENRP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// Measures what many registrars with many elements cost each other.
///
/// Registrars are whole; of elements and their programs there is one client for each registrar, which registers all of that
/// registrar's elements and renews them. Nothing fails.
public final class ScaleMeasurement {
    /// What one registrar sends its peers.
    public struct Traffic: Sendable {
        /// Messages, per registrar and virtual second.
        public var messagesPerSecond: Double
        /// Bytes, per registrar and virtual second.
        public var bytesPerSecond: Double
    }

    /// What a newcomer needs to know everything.
    public struct Synchronisation: Sendable {
        /// Virtual time from its start until it serves.
        public var time: Duration
        /// Messages that all participants sent until then.
        public var messages: UInt64
        /// The bytes of these messages.
        public var bytes: UInt64
        /// Elements that it has then.
        public var elements: Int
    }

    /// How many registrars there are.
    public let registrars: Int
    /// How many elements they have together.
    public let elements: Int
    /// How many pools these are in.
    public let pools: Int
    private let world: World
    private var clients: [ScaleClient] = []
    private var renewed = 0

    /// New elements of all registrars together in a virtual second.
    private static let joinsPerSecond = 2_000

    /// Registrars that know each other, and no elements yet.
    public init(registrars: Int, elements: Int, pools: Int) {
        self.registrars = registrars
        self.elements = elements
        self.pools = pools
        var options = SimulationOptions(seed: 1, registrars: registrars + 1, elements: 0, users: 0, pools: pools, minutes: 0)
        options.faults = .none
        var timers = SimulationTimers()
        // Elements are not asked for signs of life, for there are none who could give them.
        if let quiet = try? RegistrarConfiguration(keepAliveInterval: .seconds(86_400)) { timers.registrar = quiet }
        world = World(options, isRecording: false, timers: timers, mentors: 3)
        for registrar in world.registrars.dropLast() {
            registrar.start()
            run(for: .milliseconds(500))
        }
        run(for: .seconds(30))
        for registrar in world.registrars.dropLast() {
            let client = ScaleClient(of: registrar, pools: pools, place: world.participants.count, in: world)
            world.add(client)
            clients.append(client)
            client.connect()
        }
        run(for: .seconds(1))
    }

    private func run(for time: Duration) {
        world.run(until: world.now + time)
    }

    /// Has every element register.
    public func fill() {
        for number in 0..<elements {
            clients[number % registrars].register(number)
            if number % 20 == 19 { run(for: .seconds(20) / Self.joinsPerSecond) }
        }
        run(for: .seconds(5))
    }

    /// Lets a number of elements register again, evenly over a time, and counts what registrars send each other meanwhile.
    public func measureTraffic(renewals: Int, over time: Duration) -> Traffic {
        let before = world.statistics
        for _ in 0..<renewals {
            clients[renewed % elements % registrars].register(renewed % elements)
            renewed += 1
            run(for: time / renewals)
        }
        if renewals == 0 { run(for: time) }
        let messages = Double(world.statistics.peerMessages - before.peerMessages)
        let bytes = Double(world.statistics.peerBytes - before.peerBytes)
        let seconds = Double(time.wholeNanoseconds) / 1e9
        return Traffic(
            messagesPerSecond: messages / Double(registrars) / seconds, bytesPerSecond: bytes / Double(registrars) / seconds)
    }

    /// Starts one more registrar and waits until it serves; nil where that takes longer than ten virtual minutes.
    public func measureNewcomer() -> Synchronisation? {
        guard let newcomer = world.registrars.last else { return nil }
        let (before, began) = (world.statistics, world.now)
        newcomer.start()
        while world.checks.servingSince[newcomer.index] == nil, world.now - began < .seconds(600) { run(for: .milliseconds(1)) }
        guard let end = world.checks.servingSince[newcomer.index], let snapshot = newcomer.snapshot else { return nil }
        return Synchronisation(
            time: end - began, messages: world.statistics.peerMessages - before.peerMessages,
            bytes: world.statistics.peerBytes - before.peerBytes, elements: snapshot.elements)
    }

    /// Elements that each registrar has, the newcomer left out.
    public var elementsHeld: [Int] { world.registrars.dropLast().map { $0.snapshot?.elements ?? 0 } }
}

/// Registers elements at one registrar over one association, and reads no answers.
final class ScaleClient: Participant {
    private let registrar: SimulatedRegistrar
    private let pools: Int
    private var node: SimulatedNodeIdentifier?
    private let association = AssociationIdentifier(chosen: 1)
    private var writer = ParameterWriter(capacity: 128)

    init(of registrar: SimulatedRegistrar, pools: Int, place: Int, in world: World) {
        self.registrar = registrar
        self.pools = pools
        super.init(.element, registrar.index, place: place, host: .v4(0x0a10_0001 + UInt32(registrar.index)), in: world)
    }

    func connect() {
        var configuration = SCTPEndpointConfiguration(localAddresses: [host], port: 7_000)
        configuration.sendQueueLimit = 1 << 28
        node = world.addEndpoint(configuration, of: self)
        guard let node else { return }
        try? world.network.perform(
            .open(association, to: [SCTPAddress(registrar.host, port: ASAPProtocol.port)]), by: node)
    }

    func register(_ number: Int) {
        let element = PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: UInt32(number + 1)), registrationLife: .infinite,
            userTransport: .sctp(SCTPTransportParameter(port: 7_000, use: .dataPlusControl, addresses: [host])),
            policy: .leastUsed(load: .idle))
        let message = ASAPMessage.registration(
            ASAPMessage.Registration(pool: PoolHandle("pool-\(number % pools)"), element: element))
        do {
            try message.write(to: &writer)
            guard let node else { return }
            try world.network.perform(
                .send(association, SCTPMessage(writer.bytes, MessageHeader(payloadProtocol: .asap))), by: node)
        } catch {
            world.fail(.simulation, "a registration could not be sent: \(error)")
        }
    }
}
