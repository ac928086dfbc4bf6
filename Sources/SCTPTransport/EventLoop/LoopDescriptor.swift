import CEventLoop

/// A descriptor that an event loop watches. Used on the loop only. The owner closes the descriptor, after ``unregister()``.
package final class LoopDescriptor {
    package let descriptor: CInt
    /// Slot in the low half, generation in the high half.
    let token: UInt64
    let handler: (_ readable: Bool, _ writable: Bool) -> Void
    private unowned let table: DescriptorTable
    private var interest = (read: true, write: false)

    fileprivate init(
        _ descriptor: CInt, token: UInt64, in table: DescriptorTable, handler: @escaping (Bool, Bool) -> Void
    ) {
        self.descriptor = descriptor
        self.token = token
        self.table = table
        self.handler = handler
    }

    /// What to report; a new registration reports readability alone. Errors and hang-ups are always reported, as readable.
    package func setInterest(read: Bool, write: Bool) {
        guard interest != (read, write), table.contains(self) else { return }
        interest = (read, write)
        // Cannot fail: the descriptor is in the table, so it is in the epoll set.
        _ = event_loop_change(table.epoll, descriptor, token, read ? 1 : 0, write ? 1 : 0)
    }

    /// After this the handler is not called, not even for what the loop has already been told of.
    package func unregister() {
        table.remove(self)
    }
}

/// The descriptors of one loop, by slot. A slot's generation grows with each use, so that an event that was fetched before its
/// descriptor went away cannot reach the slot's next owner.
final class DescriptorTable {
    let epoll: CInt
    private var slots: [LoopDescriptor?] = []
    private var generations: [UInt32] = []
    private var freeSlots: [Int] = []

    init(epoll: CInt) {
        self.epoll = epoll
    }

    func add(_ descriptor: CInt, handler: @escaping (Bool, Bool) -> Void) throws(SCTPTransportError) -> LoopDescriptor {
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count {
            slots.append(nil)
            generations.append(0)
        }
        // Generation 0 is never used, so no token equals the wake-up descriptor's.
        generations[slot] = generations[slot] == .max ? 1 : generations[slot] + 1
        let token = UInt64(generations[slot]) << 32 | UInt64(slot)
        let result = event_loop_add(epoll, descriptor, token, 1, 0)
        guard result == 0 else {
            freeSlots.append(slot)
            throw SCTPTransportError(.system(-result), "descriptor \(descriptor) cannot be watched: system error \(-result)")
        }
        let entry = LoopDescriptor(descriptor, token: token, in: self, handler: handler)
        slots[slot] = entry
        return entry
    }

    subscript(token: UInt64) -> LoopDescriptor? {
        let slot = Int(token & 0xffff_ffff)
        guard slot < slots.count, let entry = slots[slot], entry.token == token else { return nil }
        return entry
    }

    func contains(_ entry: LoopDescriptor) -> Bool {
        self[entry.token] === entry
    }

    func remove(_ entry: LoopDescriptor) {
        guard contains(entry) else { return }
        let slot = Int(entry.token & 0xffff_ffff)
        slots[slot] = nil
        freeSlots.append(slot)
        _ = event_loop_remove(epoll, entry.descriptor)
    }
}
