import ENRP
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import RSerPoolSimulation

/// The runs that ARCHITECTURE.md names: each shows what it is named for, and ends well.
@Suite("Bad outcomes that RFC 5353 allows happen, and are got over")
struct AllowedOutcomeTests {
    private struct Takeover {
        var instant: MonotonicInstant
        var winner: String
        var target: RegistrarIdentifier
    }

    /// What each registrar told, in order.
    private static func events(seed: UInt64) -> [(instant: MonotonicInstant, who: String, event: RegistrarEvent)] {
        let outcome = Simulation.run(SimulationOptions(seed: seed), isRecording: true)
        #expect(outcome.violation == nil)
        return outcome.log.compactMap { entry in
            guard case .registrar(let event) = entry.occurrence else { return nil }
            return (entry.instant, entry.who, event)
        }
    }

    private static func takeovers(seed: UInt64) -> [Takeover] {
        events(seed: seed).compactMap { instant, who, event in
            guard case .peer(.takeoverWon(let target, _, _)) = event else { return nil }
            return Takeover(instant: instant, winner: who, target: target)
        }
    }

    @Test("§3.5.1: split arbitration, two take over the same one within seconds")
    func splitArbitration() {
        let takeovers = Self.takeovers(seed: 5)
        let isSplit = takeovers.contains { one in
            takeovers.contains { other in
                one.target == other.target && one.winner != other.winner && one.instant < other.instant
                    && other.instant - one.instant < .seconds(10)
            }
        }
        #expect(isSplit)
    }

    @Test("§3.5.1: two take over each other")
    func mutualTakeover() {
        let takeovers = Self.takeovers(seed: 1)
        let areClose = zip(takeovers, takeovers.dropFirst()).contains { one, other in
            one.winner != other.winner && one.target != other.target && other.instant - one.instant < .seconds(1)
        }
        #expect(areClose)
    }

    @Test("§3.5.2: an element is lost between takeover and its next registration")
    func lostElement() throws {
        let events = Self.events(seed: 5)
        var removed: [PoolElementIdentifier: MonotonicInstant] = [:]
        var longest = Duration.zero
        for (instant, _, event) in events {
            switch event {
            case .elementRemoved(_, let element, .keepAliveTimeout): removed[element] = instant
            case .elementRegistered(_, let element, _):
                if let gone = removed.removeValue(forKey: element) { longest = max(longest, instant - gone) }
            default: break
            }
        }
        #expect(longest > .seconds(60))
        #expect(longest < SimulationTimers().registrationRecovery)
    }

    @Test("§3.2.1: two serve under one identifier")
    func sharedIdentifier() {
        let events = Self.events(seed: 8)
        let shared = events.filter { if case .peer(.identifierShared) = $0.event { true } else { false } }
        #expect(Set(shared.map(\.who)).count == 2)
        let changed = events.filter { if case .peer(.identifierChanged) = $0.event { true } else { false } }
        #expect(changed.contains { change in shared.contains { $0.who == change.who && $0.instant < change.instant } })
    }
}
