import Foundation

/// Prints a pool as it changes: the table once and then a line for each change, or a line of JSON for each state.
struct PoolWatchPrinter {
    private let json: Bool
    private var last: ResolvedPool?

    init(json: Bool) {
        self.json = json
    }

    mutating func print(_ pool: ResolvedPool) {
        for line in lines(for: pool, at: Date().timeIntervalSince1970) { StandardStreams.writeOutput(line) }
    }

    /// What is to be printed for the next state.
    mutating func lines(for pool: ResolvedPool, at time: Double) -> [String] {
        defer { last = pool }
        if json {
            var pool = pool
            pool.time = (time * 1_000).rounded() / 1_000
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // Only strings and finite numbers: encoding them cannot fail.
            return (try? encoder.encode(pool)).map { [String(decoding: $0, as: UTF8.self)] } ?? []
        }
        guard let last else {
            return [pool.elements.isEmpty ? "\(Text.clock(time))  \(pool.pool) has no element yet" : pool.table]
        }
        return pool.changes(since: last).map { "\(Text.clock(time))  \($0)" }
    }
}
