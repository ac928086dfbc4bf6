/// Values under small numbers that stay the same as long as the value is there. A number given up is the next one given out.
struct Slab<Value: Sendable>: Sendable {
    private var storage: [Value?] = []
    private var free: [Int32] = []

    /// The number of values.
    var count: Int { storage.count - free.count }

    /// One more than the highest number ever in use; for walking in a fixed order.
    var end: Int { storage.count }

    func contains(_ slot: Int) -> Bool {
        storage.indices.contains(slot) && storage[slot] != nil
    }

    /// The number that ``insert(_:)`` will give next.
    var nextSlot: Int { free.last.map(Int.init) ?? storage.count }

    mutating func insert(_ value: Value) -> Int {
        if let slot = free.popLast() {
            storage[Int(slot)] = value
            return Int(slot)
        }
        storage.append(value)
        return storage.count - 1
    }

    @discardableResult
    mutating func remove(_ slot: Int) -> Value {
        let value = storage[slot]!
        storage[slot] = nil
        free.append(Int32(slot))
        if free.count == storage.count {
            storage.removeAll(keepingCapacity: storage.count <= 16)
            free.removeAll(keepingCapacity: storage.count <= 16)
        }
        return value
    }

    /// The value under a number that is in use.
    subscript(_ slot: Int) -> Value {
        // Without a copy: a pool is read many times for one answer.
        _read { yield storage[slot]! }
        _modify { yield &storage[slot]! }
    }

    /// The value under a number; nil where none is.
    func value(_ slot: Int) -> Value? {
        storage.indices.contains(slot) ? storage[slot] : nil
    }
}
