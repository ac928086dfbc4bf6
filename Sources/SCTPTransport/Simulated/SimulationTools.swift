/// SplitMix64: small, seedable, the same on every host.
struct SimulationRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// Evenly from 0 up to, not including, 1.
    mutating func nextFraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}

/// First in, first out, over one array.
struct Fifo<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }
    var first: Element? { isEmpty ? nil : elements[head] }

    /// By distance from the front.
    subscript(index: Int) -> Element {
        get { elements[head + index]! }
        set { elements[head + index] = newValue }
    }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64, head > elements.count / 2 {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}

/// What is going to happen, by instant; what was scheduled first happens first among equals.
package struct Schedule<Event> {
    private struct Entry {
        var instant: MonotonicInstant
        var order: UInt64
        var event: Event
    }

    private var entries: [Entry] = []
    private var scheduled: UInt64 = 0

    package init() {}

    package var count: Int { entries.count }
    package var nextInstant: MonotonicInstant? { entries.first?.instant }

    package mutating func add(_ event: Event, at instant: MonotonicInstant) {
        entries.append(Entry(instant: instant, order: scheduled, event: event))
        scheduled += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    package mutating func popFirst() -> (MonotonicInstant, Event)? {
        guard !entries.isEmpty else { return nil }
        entries.swapAt(0, entries.count - 1)
        let first = entries.removeLast()
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, parent) else { break }
            entries.swapAt(child, parent)
            parent = child
        }
        return (first.instant, first.event)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].instant, entries[left].order) < (entries[right].instant, entries[right].order)
    }
}
