import AgentX

/// Which view a request is answered from: reads of single variables from a recent one, all searches of one walk from the one with
/// which the walk began.
///
/// AgentX does not tell who asks. A search goes on with a walk where it begins behind a variable that the walk's last search was
/// given; or, where the master agent begins it at one of its regions, where that comes after all of the walk that was used last.
/// Anything else begins a walk.
struct ManagedWalks: Sendable {
    private struct Walk {
        var view: ManagementView
        var began: Duration
        var lastUse: Duration
        /// Where its last search began, and the last variable that was given for it.
        var start: ObjectIdentifier
        var reached: ObjectIdentifier
    }

    /// Walks at a time; the one that was not used for longest makes room.
    static let limit = 8
    /// A walk that rests for longer is over.
    static let pause: Duration = .seconds(5)
    /// How long after a walk's last search a search at the beginning of a region may belong to it: it follows at once.
    static let crossingPause: Duration = .seconds(1)
    /// A walk that takes longer is given the newest view all the same.
    static let longest: Duration = .seconds(600)

    private var walks: [Walk] = []
    /// The place of the walk that the present request belongs to.
    private var current: Int?

    /// The view of the walk that a search goes on with; nil where it begins one.
    mutating func view(for search: SearchRange, at now: Duration) -> ManagementView? {
        current = nil
        removeEnded(at: now)
        guard let place = search.isStartIncluded ? crossing(to: search.start, at: now) : standing(at: search.start) else {
            return nil
        }
        walks[place].lastUse = now
        walks[place].start = search.start
        current = place
        return walks[place].view
    }

    /// The walk that was used last, where it stands before the beginning of a region and has just been there.
    private func crossing(to start: ObjectIdentifier, at now: Duration) -> Int? {
        guard let last = walks.indices.max(by: { walks[$0].lastUse < walks[$1].lastUse }) else { return nil }
        return walks[last].reached < start && now - walks[last].lastUse < Self.crossingPause ? last : nil
    }

    /// The walk that stands there; where several do, the one that has waited for longer has its turn.
    private func standing(at start: ObjectIdentifier) -> Int? {
        var found: Int?
        for place in walks.indices where walks[place].start < start && start <= walks[place].reached {
            if let other = found, walks[other].lastUse <= walks[place].lastUse { continue }
            found = place
        }
        return found
    }

    /// Every request comes by: a walk is not copied to be looked at.
    private mutating func removeEnded(at now: Duration) {
        for place in walks.indices.reversed()
        where now - walks[place].lastUse > Self.pause || now - walks[place].began > Self.longest {
            walks.remove(at: place)
        }
    }

    mutating func begin(_ search: SearchRange, with view: ManagementView, at now: Duration) {
        if walks.count == Self.limit, let oldest = walks.indices.min(by: { walks[$0].lastUse < walks[$1].lastUse }) {
            walks.remove(at: oldest)
        }
        walks.append(Walk(view: view, began: now, lastUse: now, start: search.start, reached: search.start))
        current = walks.count - 1
    }

    /// The present request is no search.
    mutating func leave() { current = nil }

    /// The present request is given this variable.
    mutating func reached(_ name: ObjectIdentifier) {
        guard let current, walks[current].reached < name else { return }
        walks[current].reached = name
    }

    /// Forgets the walks that are over.
    mutating func prune(at now: Duration) {
        current = nil
        removeEnded(at: now)
    }

    var isEmpty: Bool { walks.isEmpty }
}
