import SCTPTransport

/// Names a deadline of a ``DeadlineQueue``.
struct DeadlineToken: Hashable, Sendable {
    fileprivate var slot: Int32
}

/// Many deadlines, the earliest first: a binary heap in which each deadline knows its place, so that moving and cancelling are
/// O(log n) and nothing stale is kept. Of equal deadlines the one with the lower slot comes first, so that runs repeat exactly.
struct DeadlineQueue<Payload: Sendable>: Sendable {
    private struct Entry: Sendable {
        var deadline: MonotonicInstant
        var position: Int32
        var payload: Payload
    }

    private var entries = Slab<Entry>()
    private var heap: [Int32] = []

    var count: Int { heap.count }

    /// Places for deadlines, in use or not.
    var capacity: Int { entries.end }

    /// The earliest deadline; nil where there is none.
    var next: MonotonicInstant? { heap.first.map { entries[Int($0)].deadline } }

    mutating func add(_ payload: Payload, at deadline: MonotonicInstant) -> DeadlineToken {
        let slot = entries.insert(Entry(deadline: deadline, position: Int32(heap.count), payload: payload))
        heap.append(Int32(slot))
        siftUp(from: heap.count - 1)
        return DeadlineToken(slot: Int32(slot))
    }

    /// Sets a deadline anew, earlier or later.
    mutating func move(_ token: DeadlineToken, to deadline: MonotonicInstant) {
        let slot = Int(token.slot)
        entries[slot].deadline = deadline
        settle(Int(entries[slot].position))
    }

    mutating func remove(_ token: DeadlineToken) {
        let position = Int(entries[Int(token.slot)].position)
        let last = heap.removeLast()
        if position < heap.count {
            place(last, at: position)
            settle(position)
        }
        entries.remove(Int(token.slot))
    }

    /// The payload of the earliest deadline where it is due. It stays: whoever acts on it moves or removes it.
    func firstDue(at now: MonotonicInstant) -> Payload? {
        guard let first = heap.first, entries[Int(first)].deadline <= now else { return nil }
        return entries[Int(first)].payload
    }

    private func isOrdered(_ left: Int32, _ right: Int32) -> Bool {
        let (first, second) = (entries[Int(left)].deadline, entries[Int(right)].deadline)
        return first != second ? first < second : left < right
    }

    private mutating func place(_ slot: Int32, at position: Int) {
        heap[position] = slot
        entries[Int(slot)].position = Int32(position)
    }

    private mutating func settle(_ position: Int) {
        siftUp(from: position)
        siftDown(from: position)
    }

    private mutating func siftUp(from start: Int) {
        var position = start
        let slot = heap[position]
        while position > 0, isOrdered(slot, heap[(position - 1) / 2]) {
            place(heap[(position - 1) / 2], at: position)
            position = (position - 1) / 2
        }
        place(slot, at: position)
    }

    private mutating func siftDown(from start: Int) {
        var position = start
        let slot = heap[position]
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, isOrdered(heap[child + 1], heap[child]) { child += 1 }
            guard isOrdered(heap[child], slot) else { break }
            place(heap[child], at: position)
            position = child
        }
        place(slot, at: position)
    }
}
