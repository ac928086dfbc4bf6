import ASAP
import SCTPTransport

/// One thing that the simulation does to its world: a fault, or something that an operator or a program would do.
struct SimulationStep {
    enum Action {
        // Operations
        case join(element: Int, keepsIdentifier: Bool)
        case leave(element: Int)
        case changeLoad(element: Int, load: UInt32)
        case resolve(user: Int)
        // Faults; places are those of participants
        case breakAssociation(place: Int, choice: Int, how: Break)
        /// An association with a peer breaks when the registrar tells of the next change: who is told last is not told.
        case breakAtChange(registrar: Int, choice: Int)
        case slowLink(from: Int, to: Int, SimulatedPath, lasting: Duration)
        case cutOneWay(from: Int, to: Int, lasting: Duration)
        case isolate(place: Int, lasting: Duration)
        case split(seed: UInt64, lasting: Duration)
        case loseMulticast(part: Double, lasting: Duration)
        /// Without `pause` the process stays away until the next round.
        case crash(place: Int, pause: Duration?, keepsIdentifier: Bool, how: SimulatedCrash)
        case stall(place: Int, lasting: Duration)
        case jumpClock(place: Int, by: Duration)
        case slowClock(place: Int, percent: UInt64, lasting: Duration)
        case startWithTakenIdentifier(registrar: Int, of: Int)
    }

    /// How an association breaks.
    enum Break: CaseIterable {
        /// One side aborts it, and the other is told.
        case abort
        /// One side gives up, as after too many retransmissions; the other learns of it when it sends.
        case failure
        /// It restarts (RFC 9260 §5.2.2), and what was under way is lost.
        case restart
    }

    /// Its number in the plan, which names it on the command line.
    var number: Int
    /// Virtual time since the beginning of the round.
    var offset: Duration
    var action: Action

    /// The kind of fault; nil for an operation.
    var kind: FaultKinds? {
        switch action {
        case .join, .leave, .changeLoad, .resolve: nil
        case .breakAssociation, .breakAtChange: .association
        case .slowLink: .delay
        case .cutOneWay: .oneWay
        case .isolate, .split: .partition
        case .loseMulticast: .multicast
        case .crash: .crash
        case .stall: .stall
        case .jumpClock, .slowClock: .clock
        case .startWithTakenIdentifier: .duplicateIdentifier
        }
    }
}

/// What happens in a run, drawn from its seed before it begins. Each step has random numbers of its own, so that leaving one out
/// changes no other.
struct SimulationPlan {
    /// A process stands still for this long at most.
    static let longestStall = Duration.seconds(90)
    /// The slowest that a clock runs, in hundredths.
    static let slowestClock: UInt64 = 50

    /// How long after the faults one more registrar crashes, where one does: what the faults have begun is over by then.
    static let pauseBeforePeacefulCrash = Duration.seconds(300)

    private static let crashes: [SimulatedCrash] = [.host, .process, .aborting]

    /// Steps by round, each in the order of time.
    let rounds: [[SimulationStep]]
    /// How long each round's faults last.
    let lengths: [Duration]

    init(_ options: SimulationOptions) {
        var (rounds, lengths): ([[SimulationStep]], [Duration]) = ([], [])
        var (minutes, number) = (options.minutes, 0)
        let wanted = options.steps.map { Set($0) }
        while minutes > 0 {
            let length = min(minutes, SimulationOptions.minutesPerRound)
            minutes -= length
            let participants = options.registrars + options.elements + options.users
            let count = length * (3 + participants / 20)
            var steps: [SimulationStep] = []
            for _ in 0..<count {
                var random = SeededRandomNumberGenerator(seed: options.seed ^ UInt64(number + 1) &* 0xd1b5_4a32_d192_ed03)
                let offset = Duration.milliseconds(Int64.random(in: 0..<Int64(length) * 60_000, using: &random))
                let action = Self.drawAction(options, using: &random)
                let step = SimulationStep(number: number, offset: offset, action: action)
                number += 1
                if let wanted, !wanted.contains(step.number) { continue }
                if let kind = step.kind, !options.faults.contains(kind) { continue }
                steps.append(step)
            }
            // One registrar may vanish when all the rest is in peace: nothing excuses what comes of that.
            var random = SeededRandomNumberGenerator(seed: options.seed ^ UInt64(number + 1) &* 0xa076_1d64_78bd_642f)
            let victim = Int(random.next() % UInt64(options.registrars))
            let isWanted = random.next() % 2 == 0
            let crash = SimulationStep(
                number: number, offset: .seconds(60 * length) + Self.pauseBeforePeacefulCrash,
                action: .crash(
                    place: victim, pause: nil, keepsIdentifier: false, how: Self.crashes[Int(random.next() >> 33) % 3]))
            number += 1
            if isWanted, options.registrars > 2, options.faults.contains(.crash),
                wanted?.contains(crash.number) ?? true
            {
                steps.append(crash)
            }
            rounds.append(steps.sorted { ($0.offset, $0.number) < ($1.offset, $1.number) })
            lengths.append(.seconds(60 * length))
        }
        self.rounds = rounds
        self.lengths = lengths
    }

    /// The numbers of all steps.
    var numbers: [Int] { rounds.flatMap { $0.map(\.number) }.sorted() }

    private static func drawAction(
        _ options: SimulationOptions, using random: inout SeededRandomNumberGenerator
    ) -> SimulationStep.Action {
        func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(1, limit))) }
        func seconds(_ range: ClosedRange<Int>) -> Duration {
            .milliseconds(Int64.random(in: Int64(range.lowerBound) * 1000...Int64(range.upperBound) * 1000, using: &random))
        }
        /// Half of the faults hit registrars, most others elements.
        func place() -> Int {
            switch below(10) {
            case 0..<5: return below(options.registrars)
            case 5..<9: return options.registrars + below(options.elements)
            default: return options.registrars + options.elements + below(options.users)
            }
        }
        func crash() -> SimulatedCrash { crashes[below(crashes.count)] }
        func pair() -> (Int, Int) { (place(), below(2) == 0 ? below(options.registrars) : place()) }
        switch below(21) {
        case 0: return .join(element: below(options.elements), keepsIdentifier: below(2) == 0)
        case 1: return .join(element: below(options.elements), keepsIdentifier: false)
        case 2, 3: return .leave(element: below(options.elements))
        case 4, 5: return .changeLoad(element: below(options.elements), load: UInt32(truncatingIfNeeded: random.next()))
        case 6, 7: return .resolve(user: below(options.users))
        case 8:
            return .breakAssociation(
                place: place(), choice: below(1 << 20),
                how: SimulationStep.Break.allCases[below(SimulationStep.Break.allCases.count)])
        case 9: return .breakAtChange(registrar: below(options.registrars), choice: below(1 << 20))
        case 10:
            let (from, to) = pair()
            let path = SimulatedPath(
                latency: .milliseconds(below(3_000)), jitter: .milliseconds(below(1_000)), loss: Double(below(50)) / 100)
            return .slowLink(from: from, to: to, path, lasting: seconds(5...240))
        case 11, 12:
            let (from, to) = pair()
            return .cutOneWay(from: from, to: to, lasting: seconds(5...240))
        case 13: return .isolate(place: place(), lasting: seconds(5...240))
        case 14: return .split(seed: random.next(), lasting: seconds(5...240))
        case 15:
            return .crash(place: place(), pause: seconds(0...180), keepsIdentifier: below(2) == 0, how: crash())
        case 16:
            return .crash(
                place: place(), pause: below(3) == 0 ? nil : seconds(0...5), keepsIdentifier: below(2) == 0, how: crash())
        case 17:
            return .stall(place: place(), lasting: .milliseconds(Int64(below(Int(longestStall.components.seconds) * 1000))))
        case 18:
            if below(2) == 0 { return .jumpClock(place: place(), by: seconds(1...300)) }
            return .slowClock(place: place(), percent: slowestClock + UInt64(below(50)), lasting: seconds(5...240))
        case 19: return .loseMulticast(part: below(2) == 0 ? 1 : Double(below(100)) / 100, lasting: seconds(5...240))
        default:
            return .startWithTakenIdentifier(registrar: below(options.registrars), of: below(options.registrars))
        }
    }
}
