import RSerPoolParameters
import RequirementMarks

/// What one registrar is home of: its elements in the order in which they became its own, and their checksum.
struct Possessions: Sendable {
    var checksum = HandlespaceChecksum()
    var count = 0
    var first = ElementLocation.none
    var last = ElementLocation.none
}

extension Handlespace {
    /// How many elements a registrar is home of.
    func count(ownedBy registrar: RegistrarIdentifier) -> Int {
        possessions[registrar]?.count ?? 0
    }

    /// Every registrar that is home of an element, in ascending order. O(n log n) in their number.
    var owners: [RegistrarIdentifier] {
        possessions.filter { $0.value.count > 0 }.keys.sorted()
    }

    /// The element that has been a registrar's for longest; nil where it has none.
    func first(ownedBy registrar: RegistrarIdentifier) -> ElementLocation? {
        possessions[registrar].flatMap { $0.first == .none ? nil : $0.first }
    }

    /// The next element of the same home.
    func next(after location: ElementLocation) -> ElementLocation? {
        let next = pools[Int(location.pool)].elements[Int(location.slot)].next
        return next == .none ? nil : next
    }

    // MARK: Linking

    /// Puts an element at the end of its home's list and into its checksum.
    mutating func link(_ location: ElementLocation) {
        let handle = pools[Int(location.pool)].handle
        let parameter = parameter(at: location)
        var owned = possessions[parameter.homeRegistrar] ?? Possessions()
        fulfils("enrp-1.1-R3")
        fulfils("enrp-3.6.2-R5")
        owned.checksum.add(handle, parameter.identifier)
        owned.count += 1
        withElement(location) { element in
            element.previous = owned.last
            element.next = .none
        }
        if owned.last == .none {
            owned.first = location
        } else {
            withElement(owned.last) { $0.next = location }
        }
        owned.last = location
        possessions[parameter.homeRegistrar] = owned
    }

    /// Takes an element out of its home's list and, unless a fault is planted, out of its checksum. Walks that were to come to it
    /// come to the one after it.
    mutating func unlink(_ location: ElementLocation, keepingChecksum: Bool = false) {
        let handle = pools[Int(location.pool)].handle
        let element = pools[Int(location.pool)].elements[Int(location.slot)]
        let home = element.parameter.homeRegistrar
        guard var owned = possessions[home] else { return }
        for cursor in 0..<cursors.end where cursors.value(cursor) == location { cursors[cursor] = element.next }
        if element.previous == .none {
            owned.first = element.next
        } else {
            withElement(element.previous) { $0.next = element.next }
        }
        if element.next == .none {
            owned.last = element.previous
        } else {
            withElement(element.next) { $0.previous = element.previous }
        }
        owned.count -= 1
        if !keepingChecksum {
            fulfils("enrp-3.6.2-R5")
            owned.checksum.remove(handle, element.parameter.identifier)
        }
        possessions[home] = owned.count == 0 && !keepingChecksum ? nil : owned
    }

    private mutating func withElement(_ location: ElementLocation, _ change: (inout Element) -> Void) {
        change(&pools[Int(location.pool)].elements[Int(location.slot)])
    }
}

// MARK: - Walking for handle tables

/// Where a walk through the handlespace has come to (RFC 5353 §3.2.3, §3.6.3).
///
/// Changes in between do no harm: an element that is there from beginning to end is met once. Whether one that comes or goes meanwhile
/// is met is left to chance; peers learn of it by an update.
enum TableCursor: Hashable, Sendable {
    /// Through all pools; the element at this place or the first after it is next.
    case everything(ElementLocation)
    /// Through the elements of one registrar; the number is the handlespace's.
    case owned(Int)
}

extension Handlespace {
    /// Begins a walk. It is to be ended with ``close(_:)``.
    mutating func openCursor(ownedBy registrar: RegistrarIdentifier?) -> TableCursor {
        guard let registrar else { return .everything(ElementLocation(pool: 0, slot: 0)) }
        return .owned(cursors.insert(first(ownedBy: registrar) ?? .none))
    }

    /// The element that is next; nil at the end.
    func element(at cursor: TableCursor) -> ElementLocation? {
        switch cursor {
        case .owned(let number):
            return cursors[number] == .none ? nil : cursors[number]
        case .everything(let start):
            var (place, slot) = (Int(start.pool), Int(start.slot))
            while place < pools.end {
                if pools.contains(place) {
                    while slot < pools[place].elements.end {
                        if pools[place].elements.contains(slot) { return ElementLocation(pool: place, slot: slot) }
                        slot += 1
                    }
                }
                (place, slot) = (place + 1, 0)
            }
            return nil
        }
    }

    /// Steps over an element that ``element(at:)`` has just given.
    mutating func advance(_ cursor: inout TableCursor, over location: ElementLocation) {
        switch cursor {
        case .owned(let number): cursors[number] = next(after: location) ?? .none
        case .everything: cursor = .everything(ElementLocation(pool: Int(location.pool), slot: Int(location.slot) + 1))
        }
    }

    mutating func close(_ cursor: TableCursor) {
        if case .owned(let number) = cursor { cursors.remove(number) }
    }
}

// MARK: - Views

extension Handlespace {
    /// The handle of the pool at a place; nil where none is.
    func handle(ofPool place: Int) -> PoolHandle? {
        pools.contains(place) ? pools[place].handle : nil
    }

    /// Places for elements in the pool at a place, in use or not; 0 where no pool is.
    func slotCount(ofPool place: Int) -> Int {
        pools.contains(place) ? pools[place].elements.end : 0
    }

    /// Whether an element is at a location, whose pool exists.
    func contains(_ location: ElementLocation) -> Bool {
        pools[Int(location.pool)].elements.contains(Int(location.slot))
    }
}
