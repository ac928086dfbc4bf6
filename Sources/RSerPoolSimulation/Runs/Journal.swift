public import ASAP
public import ENRP
public import RSerPoolParameters
public import SCTPTransport

/// One thing that happened in a simulated world, for its log.
public enum SimulationOccurrence: Sendable {
    /// Something in a registrar.
    case registrar(RegistrarEvent)
    /// Something in a pool element, with its pool.
    case element(PoolElementEvent, pool: PoolHandle)
    /// Something in a pool user.
    case user(PoolUserEvent)
    /// What the simulation itself did: a fault, an operation, a check.
    case world(String)
}

/// One line of a simulation's log.
public struct SimulationLogEntry: Sendable {
    /// Virtual time.
    public var instant: MonotonicInstant
    /// Whose it is: `registrar-1`, `element-7`, `user-2`, `world`.
    public var who: String
    /// What it was.
    public var occurrence: SimulationOccurrence
}

/// What a run leaves behind: a digest of everything that happened, and where wanted the log.
struct Journal {
    /// Entries that a log keeps; older ones make room.
    static let entryLimit = 200_000

    let isRecording: Bool
    private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var entries: [SimulationLogEntry] = []

    init(isRecording: Bool) {
        self.isRecording = isRecording
    }

    mutating func mix(_ value: UInt64) {
        digest = (digest ^ value) &* 0x9e37_79b9_7f4a_7c15
        digest ^= digest >> 29
    }

    /// Eight bytes at a time; the number of bytes counts too.
    mutating func mix(_ bytes: [UInt8]) {
        mix(UInt64(bytes.count))
        var word: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            word = word << 8 | UInt64(byte)
            if index & 7 == 7 { mix(word) }
        }
        mix(word)
    }

    mutating func record(_ occurrence: SimulationOccurrence, of who: @autoclosure () -> String, at instant: MonotonicInstant) {
        guard isRecording else { return }
        if entries.count >= 2 * Journal.entryLimit { entries.removeFirst(Journal.entryLimit) }
        entries.append(SimulationLogEntry(instant: instant, who: who(), occurrence: occurrence))
    }
}
