#if UserlandSCTP
    /// Associations by verification tag, the tag that every packet but INIT carries (RFC 9260 §8.5).
    ///
    /// Tags are random numbers, so they are their own hash. Two associations with one tag are possible and so rare that the
    /// second is left out: its packets find their way by address.
    struct UserlandTagTable {
        private enum Slot {
            case empty
            case removed
            case used(UInt32, UserlandAssociation)
        }

        private var slots: [Slot] = Array(repeating: .empty, count: 64)
        private(set) var count = 0
        /// Slots that are not empty: what makes searches long.
        private var taken = 0

        subscript(tag: UInt32) -> UserlandAssociation? {
            var index = Int(tag) & (slots.count - 1)
            while true {
                switch slots[index] {
                case .used(tag, let association): return association
                case .empty: return nil
                default: index = (index + 1) & (slots.count - 1)
                }
            }
        }

        mutating func insert(_ association: UserlandAssociation, tag: UInt32) {
            guard tag != 0, self[tag] == nil else { return }
            if (taken + 1) * 4 > slots.count * 3 { rebuild() }
            place(tag, association)
            count += 1
        }

        /// Removes the association's own entry, not another's under the same tag.
        mutating func remove(_ association: UserlandAssociation, tag: UInt32) {
            var index = Int(tag) & (slots.count - 1)
            while true {
                switch slots[index] {
                case .used(tag, let found):
                    guard found === association else { return }
                    slots[index] = .removed
                    count -= 1
                    return
                case .empty: return
                default: index = (index + 1) & (slots.count - 1)
                }
            }
        }

        private mutating func place(_ tag: UInt32, _ association: UserlandAssociation) {
            var index = Int(tag) & (slots.count - 1)
            while case .used = slots[index] { index = (index + 1) & (slots.count - 1) }
            if case .empty = slots[index] { taken += 1 }
            slots[index] = .used(tag, association)
        }

        /// Drops the marks of removed entries, and doubles the table where it is really full.
        private mutating func rebuild() {
            let old = slots
            slots = Array(repeating: .empty, count: count * 2 >= old.count ? old.count * 2 : old.count)
            taken = 0
            for case .used(let tag, let association) in old { place(tag, association) }
        }
    }
#endif
