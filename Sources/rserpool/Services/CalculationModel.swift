/// A processor that its jobs share evenly: of n jobs each gets an n-th of the capacity. A value on a time of its own.
struct CalculationModel: Sendable {
    /// A job that runs.
    struct Job: Equatable, Sendable {
        /// Who gave it; one job each.
        var owner: UInt64
        /// In calculations.
        var size: Double
        var completed: Double
    }

    /// Calculations a second, all jobs together.
    let capacity: Double
    /// Jobs at a time.
    let places: Int
    private(set) var jobs: [Job] = []
    private var time = Duration.zero

    init(capacity: Double, places: Int) {
        self.capacity = capacity
        self.places = places
    }

    /// The part of the places that is in use, in 0…1.
    var load: Double { Double(jobs.count) / Double(places) }

    /// False where no place is free, or the owner has a job already.
    mutating func add(owner: UInt64, size: Double, completed: Double, at now: Duration) -> Bool {
        advance(to: now)
        guard jobs.count < places, !jobs.contains(where: { $0.owner == owner }) else { return false }
        jobs.append(Job(owner: owner, size: size, completed: completed))
        return true
    }

    mutating func remove(owner: UInt64, at now: Duration) {
        advance(to: now)
        jobs.removeAll { $0.owner == owner }
    }

    /// Calculations done of the owner's job, rounded down; nil where it has none.
    mutating func completed(owner: UInt64, at now: Duration) -> UInt64? {
        advance(to: now)
        // 2^64 is a size that a job may have as a floating-point number, and none that an integer can have.
        return jobs.first { $0.owner == owner }.map { $0.completed < 0x1p64 ? UInt64($0.completed) : .max }
    }

    /// Takes out the jobs that are done by now.
    /// - Returns: their owners, in the order in which the jobs came.
    mutating func takeDone(at now: Duration) -> [UInt64] {
        advance(to: now)
        let done = jobs.filter { $0.completed >= $0.size }
        jobs.removeAll { $0.completed >= $0.size }
        return done.map(\.owner)
    }

    /// When the next job is done, if none comes or goes before.
    var nextDone: Duration? {
        guard let least = jobs.map({ $0.size - $0.completed }).min() else { return nil }
        // A little late rather than early, so that it is done when looked at; and never further off than can be waited for.
        return time + .seconds(min(max(0, least) * Double(jobs.count) / capacity + 1e-6, 1e9))
    }

    private mutating func advance(to now: Duration) {
        guard now > time else { return }
        let seconds = (now - time) / .seconds(1)
        time = now
        guard !jobs.isEmpty else { return }
        let each = seconds * capacity / Double(jobs.count)
        for index in jobs.indices { jobs[index].completed = min(jobs[index].size, jobs[index].completed + each) }
    }
}
