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
///
/// The heap has numbers only: events, which are many times longer and hold references, stay where they are until their time.
package struct Schedule<Event> {
    private struct Entry {
        var instant: MonotonicInstant
        var order: UInt64
        var slot: Int

        func isBefore(_ other: Entry) -> Bool {
            instant == other.instant ? order < other.order : instant < other.instant
        }
    }

    private var entries: [Entry] = []
    private var events: [Event?] = []
    private var freeSlots: [Int] = []
    private var scheduled: UInt64 = 0

    package init() {}

    package var count: Int { entries.count }
    package var nextInstant: MonotonicInstant? { entries.first?.instant }

    package mutating func add(_ event: Event, at instant: MonotonicInstant) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            events[slot] = event
        } else {
            slot = events.count
            events.append(event)
        }
        let entry = Entry(instant: instant, order: scheduled, slot: slot)
        scheduled += 1
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.isBefore(entries[parent]) else { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    package mutating func popFirst() -> (MonotonicInstant, Event)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            var parent = 0
            while true {
                var child = 2 * parent + 1
                guard child < entries.count else { break }
                if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
                guard entries[child].isBefore(last) else { break }
                entries[parent] = entries[child]
                parent = child
            }
            entries[parent] = last
        }
        guard let event = events[first.slot] else { preconditionFailure("a scheduled event is there until its time") }
        events[first.slot] = nil
        freeSlots.append(first.slot)
        return (first.instant, event)
    }
}
