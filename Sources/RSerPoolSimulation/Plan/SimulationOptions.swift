package import ENRP

/// What is simulated. The same options give the same run, to the last byte of the last message.
public struct SimulationOptions: Hashable, Sendable {
    /// Decides everything that is random: identifiers, losses, delays, policies' choices, and the faults.
    public var seed: UInt64
    /// Registrars, 1 to 250.
    public var registrars: Int
    /// Pool elements at the start, 1 to 100,000.
    public var elements: Int
    /// Pool users, 0 to 50,000.
    public var users: Int
    /// Pools, 1 to the number of elements.
    public var pools: Int
    /// Virtual minutes with faults, 1 to 10,000. The time to settle is added: after every ``minutesPerRound``, and at the end.
    public var minutes: Int
    /// Kinds of faults that may happen.
    public var faults: FaultKinds
    /// The numbers of the plan's steps that are taken; nil takes all. What a failure is reduced to.
    public var steps: [Int]?
    /// A fault in registrars themselves, in debug builds, to see that the checks find it.
    package var plantedFault: PlantedFault?

    /// Faults last for as many minutes at most before the world is left in peace and must settle.
    public static let minutesPerRound = 10

    /// A small world by default, with every kind of fault.
    public init(
        seed: UInt64, registrars: Int = 3, elements: Int = 12, users: Int = 4, pools: Int = 3, minutes: Int = 10,
        faults: FaultKinds = .all, steps: [Int]? = nil
    ) {
        self.seed = seed
        self.registrars = registrars
        self.elements = elements
        self.users = users
        self.pools = pools
        self.minutes = minutes
        self.faults = faults
        self.steps = steps
    }

    /// What is wrong with the options, as a sentence; nil where nothing is.
    public var complaint: String? {
        func check(_ value: Int, _ range: ClosedRange<Int>, _ name: String) -> String? {
            range.contains(value) ? nil : "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)."
        }
        return check(registrars, 1...250, "the number of registrars")
            ?? check(elements, 1...100_000, "the number of elements")
            ?? check(users, 0...50_000, "the number of users")
            ?? check(pools, 1...max(1, elements), "the number of pools")
            ?? check(minutes, 1...10_000, "the number of minutes")
    }

    /// The options as `rserpool simulate` takes them: what replays a run.
    public var arguments: String {
        var words = [
            "--seed \(seed)", "--registrars \(registrars)", "--elements \(elements)", "--users \(users)", "--pools \(pools)",
            "--minutes \(minutes)",
        ]
        if faults != .all { words.append("--faults \(faults.names.joined(separator: ","))") }
        if let steps { words.append("--steps \(steps.isEmpty ? "none" : steps.map(String.init).joined(separator: ","))") }
        return words.joined(separator: " ")
    }
}

/// Kinds of faults that a simulation may inflict.
public struct FaultKinds: OptionSet, Hashable, Sendable {
    /// The bits, one a kind.
    public let rawValue: UInt32

    /// Any bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// An association breaks though its hosts reach each other.
    public static let association = FaultKinds(rawValue: 1 << 0)
    /// Packets between two hosts, or of one host, are late, and some are lost.
    public static let delay = FaultKinds(rawValue: 1 << 1)
    /// One host does not reach another, which still reaches the first.
    public static let oneWay = FaultKinds(rawValue: 1 << 2)
    /// The hosts are split into groups that do not reach each other, or one host is cut off.
    public static let partition = FaultKinds(rawValue: 1 << 3)
    /// A process ends without a word; it starts again after a while, or never.
    public static let crash = FaultKinds(rawValue: 1 << 4)
    /// A process stands still for a while: it reads nothing, and its timers are late.
    public static let stall = FaultKinds(rawValue: 1 << 5)
    /// A clock jumps ahead, or runs too slow for a while.
    public static let clock = FaultKinds(rawValue: 1 << 6)
    /// Multicast datagrams are lost.
    public static let multicast = FaultKinds(rawValue: 1 << 7)
    /// A registrar starts with an identifier that another one has.
    public static let duplicateIdentifier = FaultKinds(rawValue: 1 << 8)

    /// The kinds by their names on the command line.
    public static let named: [(name: String, kind: FaultKinds)] = [
        ("association", .association), ("delay", .delay), ("one-way", .oneWay), ("partition", .partition), ("crash", .crash),
        ("stall", .stall), ("clock", .clock), ("multicast", .multicast), ("duplicate-identifier", .duplicateIdentifier),
    ]

    /// Every kind.
    public static let all = FaultKinds(named.map(\.kind))
    /// No kind: nothing fails.
    public static let none: FaultKinds = []

    /// The names of the kinds, in the order of ``named``; `none` where there are none.
    public var names: [String] {
        let names = FaultKinds.named.filter { contains($0.kind) }.map(\.name)
        return names.isEmpty ? ["none"] : names
    }
}
