import RSerPoolParameters
import RequirementMarks

/// A policy that orders elements by their load and by how often they have been given out since they last told it.
protocol DegradingPolicy: PoolPolicy {
    /// The lowest first.
    /// - Parameter count: the degradation counter.
    func rank(givenOut count: UInt32) -> UInt64
}

extension DegradingPolicy {
    public static func makeSelection() -> any PoolSelection { DegradingPolicySelection<Self>() }

    /// The load with the degradation of so many users more.
    ///
    /// A sum above 100 % is not cut off: RFC 5356 §5.2.2 compares the sums, and where all elements are that busy the least busy one is
    /// still the best. It is less than 2^64: (2^32 - 1) + (2^32 - 1)^2.
    static func sum(_ load: Load, _ degradation: Load, givenOut count: UInt32) -> UInt64 {
        UInt64(load.rawValue) + UInt64(count) * UInt64(degradation.rawValue)
    }
}

/// A pool under a policy with degradation counters (RFC 5356 §5.2.2): 0 at registration and re-registration, one more each time that
/// the element is given out. O(log n) to add, change and take out; O(log n) for each element of an answer, as each changes its place.
struct DegradingPolicySelection<Policy: DegradingPolicy>: PoolSelection {
    private struct Member: Sendable {
        var policy: Policy
        /// The degradation counter. At its end it stays there, rather than make the busiest element the least busy one.
        var count: UInt32 = 0

        var rank: UInt64 { policy.rank(givenOut: count) }
    }

    private var order = RankedSelection()
    private var members: [Member?] = []

    var count: Int { order.count }
    var first: Int? { order.first }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        let member = Member(policy: try Policy(parameter))
        order.insert(slot, rank: member.rank)
        while members.count <= slot { members.append(nil) }
        fulfils("policies-5.2.2-R1")
        fulfils("policies-5.2.2-R2")
        members[slot] = member
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        let member = Member(policy: try Policy(parameter))
        guard members.indices.contains(slot), members[slot] != nil else { return }
        fulfils("policies-5.2.2-R2")
        members[slot] = member
        order.update(slot, rank: member.rank)
    }

    mutating func remove(_ slot: Int) {
        guard members.indices.contains(slot) else { return }
        order.remove(slot)
        members[slot] = nil
        if order.count == 0 { members.removeAll(keepingCapacity: members.count <= 16) }
    }

    /// As under Least Used, round robin among equals included; then each element returned takes the place of its new sum.
    mutating func select(_ wanted: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int]) {
        let start = slots.count
        order.select(wanted, into: &slots)
        for slot in slots[start...] {
            guard var member = members[slot], member.count < .max else { continue }
            fulfils("policies-5.2.2-R3")
            member.count += 1
            members[slot] = member
            order.update(slot, rank: member.rank)
        }
    }

    /// An element's degradation counter; nil where it is not in.
    func degradationCounter(of slot: Int) -> UInt32? {
        members.indices.contains(slot) ? members[slot]?.count : nil
    }
}
