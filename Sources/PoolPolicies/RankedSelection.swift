import RequirementMarks

/// The order that most policies share: elements by rank, the lowest first, round robin among equal ranks.
///
/// Every policy that can say what an element is worth as one number keeps its elements here: a load, a load plus its degradation,
/// the complement of a priority, or the same number for all.
///
/// A request is answered with the first elements in order. Then, in each rank from which an element was returned, the first one
/// goes to the end of its rank. With one rank for all this is Round Robin's circular list whose head moves on by one for each
/// request (RFC 5356 §4.1.2), the elements that join coming last; with ranks that are loads it is the round robin among equals of
/// RFC 5356 §5.1.2.
struct RankedSelection: Sendable {
    private var tree = SelectionTree<SelectionKey>()
    private var nextSequence: UInt64 = 0

    var count: Int { tree.count }
    var first: Int? { tree.first }

    mutating func insert(_ slot: Int, rank: UInt64) {
        tree.insert(slot, SelectionKey(rank: rank, sequence: takeSequence()))
    }

    /// Gives an element another rank, where it is the last; one that keeps its rank keeps its place too, so that re-registering
    /// often neither gains nor loses turns.
    mutating func update(_ slot: Int, rank: UInt64) {
        guard let key = tree.key(of: slot), key.rank != rank else { return }
        tree.remove(slot)
        insert(slot, rank: rank)
    }

    mutating func remove(_ slot: Int) {
        tree.remove(slot)
    }

    /// Appends the first `wanted` slots in order, fewer where there are fewer, and moves on. O(wanted + log n) to find them, and
    /// O(log n) for each rank among them that has several elements.
    mutating func select(_ wanted: Int, into slots: inout [Int]) {
        guard wanted > 0 else { return }
        let start = slots.count
        tree.forEachFromFirst { slot in
            slots.append(slot)
            return slots.count - start <= wanted
        }
        fulfils("policies-5.1.2-R3")
        fulfils("policies-5.3.2-R3")
        // One more than wanted was looked at: whether the last rank goes on behind the answer is to be seen, too.
        var lastRank: UInt64?
        for index in start..<min(slots.count, start + wanted) {
            guard let rank = tree.key(of: slots[index])?.rank, rank != lastRank else { continue }
            lastRank = rank
            guard index + 1 < slots.count, tree.key(of: slots[index + 1])?.rank == rank else { continue }
            fulfils("policies-4.1.2-R4")
            fulfils("policies-5.1.2-R4")
            fulfils("policies-5.3.2-R4")
            tree.remove(slots[index])
            insert(slots[index], rank: rank)
        }
        if slots.count - start > wanted {
            fulfils("policies-5.1.2-R1")
            fulfils("policies-5.3.2-R1")
            slots.removeLast()
        }
    }

    /// The rank that an element has now.
    func rank(of slot: Int) -> UInt64? {
        tree.key(of: slot)?.rank
    }

    /// Consistency of the order, for tests; O(n).
    var isWellFormed: Bool { tree.isWellFormed }

    private mutating func takeSequence() -> UInt64 {
        defer { nextSequence += 1 }
        return nextSequence
    }
}
