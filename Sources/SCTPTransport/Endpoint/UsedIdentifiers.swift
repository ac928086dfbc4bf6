/// The association numbers that were chosen so far, as ranges: an engine that counts upwards costs one range.
struct UsedIdentifiers {
    /// The most ranges kept; a user that scatters its numbers further is refused.
    static let rangeLimit = 65_536

    /// Apart from each other and ascending.
    private var ranges: [ClosedRange<UInt64>] = []

    var rangeCount: Int { ranges.count }

    enum Outcome {
        case new
        case usedBefore
        case tooScattered
    }

    /// Takes a number into the set where it is new.
    mutating func insert(_ number: UInt64) -> Outcome {
        // The first range that ends at the number's predecessor or later: the only one that can contain or precede it.
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound &+ 1 < number { low = middle + 1 } else { high = middle }
        }
        guard low < ranges.count else { return append(number, at: low) }
        let range = ranges[low]
        if range.contains(number) { return .usedBefore }
        if range.upperBound + 1 == number {
            guard low + 1 < ranges.count, ranges[low + 1].lowerBound == number + 1 else {
                if low + 1 < ranges.count, ranges[low + 1].contains(number) { return .usedBefore }
                ranges[low] = range.lowerBound...number
                return .new
            }
            ranges[low] = range.lowerBound...ranges[low + 1].upperBound
            ranges.remove(at: low + 1)
            return .new
        }
        if number + 1 == range.lowerBound {
            ranges[low] = number...range.upperBound
            return .new
        }
        return append(number, at: low)
    }

    private mutating func append(_ number: UInt64, at index: Int) -> Outcome {
        guard ranges.count < UsedIdentifiers.rangeLimit else { return .tooScattered }
        ranges.insert(number...number, at: index)
        return .new
    }
}
