/// Weights of slots with their running sums, for drawing a slot with a chance in proportion to its weight.
///
/// A binary indexed tree: entry i holds the sum of the weights of the slots above i - (lowest bit of i) up to i, slots counted from 1.
/// Setting a weight and finding the slot under a running sum are O(log n); so is growing by a slot. 8 bytes a slot.
struct WeightSums: Sendable {
    private var sums: [UInt64] = []
    /// The sum of all weights; with 32-bit weights and slots of 31 bits it is less than 2^63.
    private(set) var total: UInt64 = 0

    /// Adds to the weight of a slot, which is 0 where it was never set.
    mutating func add(_ weight: UInt64, to slot: Int) {
        while sums.count <= slot { grow() }
        total += weight
        var index = slot + 1
        while index <= sums.count {
            sums[index - 1] += weight
            index += index & -index
        }
    }

    /// Takes from the weight of a slot, which must be that much.
    mutating func subtract(_ weight: UInt64, from slot: Int) {
        total -= weight
        var index = slot + 1
        while index <= sums.count {
            sums[index - 1] -= weight
            index += index & -index
        }
    }

    /// The first slot whose weight, with those of all slots before it, exceeds a sum.
    func slot(under sum: UInt64) -> Int {
        precondition(sum < total, "no slot reaches the sum")
        var rest = sum
        var index = 0
        var step = 1 << (Int.bitWidth - 1 - sums.count.leadingZeroBitCount)
        while step > 0 {
            if index + step <= sums.count, sums[index + step - 1] <= rest {
                index += step
                rest -= sums[index - 1]
            }
            step >>= 1
        }
        return index
    }

    mutating func removeAll(keepingCapacity: Bool) {
        sums.removeAll(keepingCapacity: keepingCapacity)
        total = 0
    }

    /// One slot more, of no weight: its entry spans slots before it.
    private mutating func grow() {
        let index = sums.count + 1
        var (sum, part) = (UInt64(0), index - 1)
        let end = index - (index & -index)
        while part > end {
            sum += sums[part - 1]
            part -= part & -part
        }
        sums.append(sum)
    }
}
