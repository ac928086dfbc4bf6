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
        walks.removeAll { now - $0.lastUse > Self.pause || now - $0.began > Self.longest }
        let place: Int?
        if search.isStartIncluded {
            place = walks.indices.max { walks[$0].lastUse < walks[$1].lastUse }.flatMap {
                walks[$0].reached < search.start && now - walks[$0].lastUse < Self.crossingPause ? $0 : nil
            }
        } else {
            // Where walks stand at the same place, the one that has waited for longer has its turn.
            place = walks.indices.filter { walks[$0].start < search.start && search.start <= walks[$0].reached }
                .min { walks[$0].lastUse < walks[$1].lastUse }
        }
        guard let place else { return nil }
        walks[place].lastUse = now
        walks[place].start = search.start
        current = place
        return walks[place].view
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
        walks.removeAll { now - $0.lastUse > Self.pause }
    }

    var isEmpty: Bool { walks.isEmpty }
}
