import PoolPolicies
import RSerPoolParameters
import RequirementMarks

/// Where a pool element is kept: its pool's place in the handlespace and its own in the pool. Valid as long as the element is.
struct ElementLocation: Hashable, Sendable {
    var pool: Int32
    var slot: Int32

    init(pool: Int, slot: Int) {
        self.pool = Int32(pool)
        self.slot = Int32(slot)
    }

    /// No element's place.
    static let none = ElementLocation(pool: -1, slot: -1)
}

/// Pools by handle, their elements by identifier, and what follows from them: each pool's selection structure, and for each
/// registrar the list of the elements that it owns and their checksum (RFC 5353 §3.6.2).
///
/// `Attachment` is what the holder keeps with each element. Finding, adding, replacing and removing are O(log n) in the size of
/// the pool and do not depend on the number of pools; nothing here walks pools or elements but the listing for views.
struct Handlespace<Attachment: Sendable>: Sendable {
    /// One registered pool element.
    struct Element: Sendable {
        var parameter: PoolElementParameter
        var attachment: Attachment
        /// Its neighbours in the list of the elements of its home registrar.
        var previous = ElementLocation.none
        var next = ElementLocation.none

        fileprivate init(_ parameter: PoolElementParameter, _ attachment: Attachment) {
            self.parameter = parameter
            self.attachment = attachment
        }
    }

    /// One pool. It has at least one element.
    struct Pool: Sendable {
        let handle: PoolHandle
        /// The overall policy: that of the element that created the pool (RFC 5352 §3.1, rule 1), without its own values.
        let policy: PolicyParameter
        /// The overall transport type and use.
        let transportType: ParameterType
        let transportUse: TransportUse
        var elements = Slab<Element>()
        fileprivate var slots: [PoolElementIdentifier: Int32] = [:]
        fileprivate var selection: any PoolSelection

        var count: Int { elements.count }

        fileprivate init(handle: PoolHandle, first: PoolElementParameter) {
            self.handle = handle
            fulfils("asap-3.1-R23")
            policy = PolicyRegistry.overallParameter(of: first.policy)
            fulfils("asap-3.1-R24")
            transportType = first.userTransport.parameterType
            fulfils("asap-3.1-R25")
            transportUse = first.userTransport.use
            selection = PolicyRegistry.selection(for: first.policy.type)
        }

        /// The transport of one element, to show what type the pool's is.
        var sampleTransport: UserTransport? {
            selection.first.map { elements[$0].parameter.userTransport }
        }
    }

    // Not private, as the listings are in files of their own; nothing else touches them.
    var pools = Slab<Pool>()
    private var places: [PoolHandle: Int32] = [:]
    var possessions: [RegistrarIdentifier: Possessions] = [:]
    /// Walks through one registrar's elements that are under way; each knows the element that is next.
    var cursors = Slab<ElementLocation>()
    private(set) var elementCount = 0
    /// A planted fault: an element that goes leaves its words in its home's checksum (``PlantedFault``).
    var keepsChecksumOfRemoved = false
    /// Pools, present or not, whose changes are noted; and those that have changed since that was last emptied.
    var watched: Set<PoolHandle> = []
    var changes: [PoolHandle] = []

    init() {}

    var poolCount: Int { pools.count }

    /// Places for pools, in use or not.
    var capacity: Int { pools.end }

    // MARK: Finding

    func pool(_ handle: PoolHandle) -> Int? {
        places[handle].map(Int.init)
    }

    func pool(at place: Int) -> Pool { pools[place] }

    func policy(ofPool place: Int) -> PolicyParameter { pools[place].policy }

    func location(of identifier: PoolElementIdentifier, inPool place: Int) -> ElementLocation? {
        pools[place].slots[identifier].map { ElementLocation(pool: place, slot: Int($0)) }
    }

    func location(of identifier: PoolElementIdentifier, in handle: PoolHandle) -> ElementLocation? {
        pool(handle).flatMap { location(of: identifier, inPool: $0) }
    }

    func handle(of location: ElementLocation) -> PoolHandle { pools[Int(location.pool)].handle }

    func parameter(at location: ElementLocation) -> PoolElementParameter {
        pools[Int(location.pool)].elements[Int(location.slot)].parameter
    }

    func home(of location: ElementLocation) -> RegistrarIdentifier {
        pools[Int(location.pool)].elements[Int(location.slot)].parameter.homeRegistrar
    }

    /// What the holder keeps with an element.
    subscript(_ location: ElementLocation) -> Attachment {
        get { pools[Int(location.pool)].elements[Int(location.slot)].attachment }
        _modify { yield &pools[Int(location.pool)].elements[Int(location.slot)].attachment }
    }

    /// The PE checksum over the elements whose home a registrar is.
    func checksum(of registrar: RegistrarIdentifier) -> PEChecksum {
        fulfils("enrp-3.6.1-R1")
        return (possessions[registrar]?.checksum ?? HandlespaceChecksum()).value
    }

    // MARK: Changing

    /// Adds an element to the pool of that handle, which comes into being with its first element.
    /// - Parameter isTolerant: takes an element whose policy parameter is not of the pool's policy too; it is given out as one with
    ///   neutral values.
    /// - Throws: ``PolicyError`` where the element's policy parameter is not of the pool's policy; nothing has changed then.
    mutating func insert(
        _ parameter: PoolElementParameter, _ attachment: Attachment, in handle: PoolHandle, isTolerant: Bool = false
    ) throws(PolicyError) -> ElementLocation {
        if let place = pool(handle) {
            return try insert(parameter, attachment, inPool: place, isTolerant)
        }
        fulfils("requirements-2.7-R3")
        let place = pools.insert(Pool(handle: handle, first: parameter))
        do throws(PolicyError) {
            let location = try insert(parameter, attachment, inPool: place, isTolerant)
            places[handle] = Int32(place)
            return location
        } catch {
            pools.remove(place)
            throw error
        }
    }

    private mutating func insert(
        _ parameter: PoolElementParameter, _ attachment: Attachment, inPool place: Int, _ isTolerant: Bool
    ) throws(PolicyError) -> ElementLocation {
        let slot = pools[place].elements.nextSlot
        do throws(PolicyError) {
            try pools[place].selection.insert(slot, parameter.policy)
        } catch {
            guard isTolerant else { throw error }
            try pools[place].selection.insert(slot, pools[place].policy)
        }
        let used = pools[place].elements.insert(Element(parameter, attachment))
        precondition(used == slot && pools[place].slots[parameter.identifier] == nil, "the element is in the pool already")
        pools[place].slots[parameter.identifier] = Int32(slot)
        elementCount += 1
        let location = ElementLocation(pool: place, slot: slot)
        link(location)
        noteChange(of: pools[place].handle)
        return location
    }

    /// Replaces an element's attributes; the identifier stays the same, the home may change.
    /// - Parameter isTolerant: as for ``insert(_:_:in:isTolerant:)``.
    /// - Throws: ``PolicyError`` where the policy parameter is not of the pool's policy; nothing has changed then.
    mutating func replace(
        _ location: ElementLocation, with parameter: PoolElementParameter, isTolerant: Bool = false
    ) throws(PolicyError) {
        let (place, slot) = (Int(location.pool), Int(location.slot))
        let old = pools[place].elements[slot].parameter
        precondition(old.identifier == parameter.identifier, "a pool element keeps its identifier")
        do throws(PolicyError) {
            try pools[place].selection.update(slot, parameter.policy)
        } catch {
            guard isTolerant else { throw error }
            try pools[place].selection.update(slot, pools[place].policy)
        }
        let isMoving = old.homeRegistrar != parameter.homeRegistrar
        if isMoving { unlink(location) }
        pools[place].elements[slot].parameter = parameter
        if isMoving { link(location) }
        if !watched.isEmpty, old != parameter { noteChange(of: pools[place].handle) }
    }

    /// Gives an element another home; all else stays as it is.
    mutating func setHome(_ registrar: RegistrarIdentifier, of location: ElementLocation) {
        guard parameter(at: location).homeRegistrar != registrar else { return }
        unlink(location)
        pools[Int(location.pool)].elements[Int(location.slot)].parameter.homeRegistrar = registrar
        link(location)
        noteChange(of: handle(of: location))
    }

    /// Removes an element, and its pool where it was the last one (RFC 5352 §3.2).
    /// - Returns: the element, and whether the pool is gone.
    @discardableResult
    mutating func remove(_ location: ElementLocation) -> (element: Element, isPoolRemoved: Bool) {
        let (place, slot) = (Int(location.pool), Int(location.slot))
        unlink(location, keepingChecksum: keepsChecksumOfRemoved)
        let element = pools[place].elements.remove(slot)
        let handle = pools[place].handle
        pools[place].selection.remove(slot)
        pools[place].slots[element.parameter.identifier] = nil
        elementCount -= 1
        noteChange(of: handle)
        guard pools[place].count == 0 else { return (element, false) }
        pools.remove(place)
        places[handle] = nil
        return (element, true)
    }

    private mutating func noteChange(of handle: PoolHandle) {
        if !watched.isEmpty, watched.contains(handle) { changes.append(handle) }
    }

    /// Appends the slots of at most `wanted` elements as the pool's policy selects them.
    mutating func select(
        _ wanted: Int, fromPool place: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int]
    ) {
        pools[place].selection.select(wanted, using: &generator, into: &slots)
    }
}
