public import AgentX
import RSerPoolParameters
import RequirementMarks

/// RFC 5525's tables at one moment, in the order in which walks go through them.
///
/// Made once for many requests; finding a variable, or the one after it, takes O(log n) in the number of rows.
public struct ManagementView: Sendable {
    /// What this process shows, with the indexes that the master agent gave.
    public struct Nodes: Sendable {
        /// Registrars, each with the index of its row.
        public var registrars: [(index: UInt32, node: ManagedRegistrar)] = []
        /// Pool elements of this host, each with the index of its row.
        public var elements: [(index: UInt32, node: ManagedPoolElement)] = []
        /// Pool users, each with the index of its row.
        public var users: [(index: UInt32, node: ManagedPoolUser)] = []

        /// Nothing to show.
        public init() {}
    }

    /// The index of a row: up to four numbers.
    struct RowIndex: Comparable, Hashable {
        var numbers: (UInt32, UInt32, UInt32, UInt32)
        var count: UInt8

        init(_ first: UInt32, _ second: UInt32? = nil, _ third: UInt32? = nil, _ fourth: UInt32? = nil) {
            numbers = (first, second ?? 0, third ?? 0, fourth ?? 0)
            count = fourth != nil ? 4 : third != nil ? 3 : second != nil ? 2 : 1
        }

        subscript(place: Int) -> UInt32 {
            switch place {
            case 0: numbers.0
            case 1: numbers.1
            case 2: numbers.2
            default: numbers.3
            }
        }

        static func < (left: RowIndex, right: RowIndex) -> Bool { left.numbers < right.numbers }
        static func == (left: RowIndex, right: RowIndex) -> Bool {
            left.numbers == right.numbers && left.count == right.count
        }
        func hash(into hasher: inout Hasher) { hasher.combine(numbers.0) }

        /// How this index stands to a name's last part, which may be shorter or longer.
        func precedes(_ suffix: ArraySlice<UInt32>, orEquals: Bool) -> Bool {
            for place in 0..<Int(count) {
                guard place < suffix.count else { return false }
                let other = suffix[suffix.startIndex + place]
                guard self[place] == other else { return self[place] < other }
            }
            return orEquals || suffix.count > Int(count)
        }
    }

    /// A row: its index, and where its content is.
    struct Row {
        var index: RowIndex
        /// The place in ``Nodes``.
        var node: Int32
        var pool: Int32 = 0
        var element: Int32 = 0
        var address: Int32 = 0
    }

    /// The rows of all tables.
    struct Rows {
        private var tables = [[Row]](repeating: [], count: Table.allCases.count)

        subscript(_ table: Table) -> [Row] {
            _read { yield tables[table.rawValue] }
            _modify { yield &tables[table.rawValue] }
        }

        var count: Int { tables.reduce(0) { $0 + $1.count } }
    }

    typealias Table = RSerPoolObjects.Table

    let nodes: Nodes
    /// Ascending in each table.
    private(set) var rows = Rows()

    /// The tables of these nodes. O(n log n) in the number of rows.
    public init(_ nodes: Nodes) {
        self.nodes = nodes
        for (place, (index, node)) in nodes.registrars.enumerated() { add(node, index, Int32(place)) }
        for (place, (index, node)) in nodes.elements.enumerated() {
            rows[.elements].append(Row(index: RowIndex(index), node: Int32(place)))
            for address in node.element.asapAddresses.indices {
                rows[.elementASAPAddresses].append(
                    Row(index: RowIndex(index, UInt32(address) + 1), node: Int32(place), address: Int32(address)))
            }
            for address in 0..<node.element.userAddressCount {
                rows[.elementUserAddresses].append(
                    Row(index: RowIndex(index, UInt32(address) + 1), node: Int32(place), address: Int32(address)))
            }
        }
        for (place, (index, _)) in nodes.users.enumerated() {
            rows[.users].append(Row(index: RowIndex(index), node: Int32(place)))
        }
        fulfils("mib-5-R1")
        for table in Table.allCases { rows[table].sort { $0.index < $1.index } }
    }

    private mutating func add(_ node: ManagedRegistrar, _ index: UInt32, _ place: Int32) {
        rows[.registrars].append(Row(index: RowIndex(index), node: place))
        for (pool, value) in node.pools.enumerated() {
            let pool = Int32(pool)
            rows[.pools].append(Row(index: RowIndex(index, value.index), node: place, pool: pool))
            for (element, entry) in value.elements.enumerated() {
                let element = Int32(element)
                rows[.registeredElements].append(
                    Row(index: RowIndex(index, value.index, entry.index), node: place, pool: pool, element: element))
                for address in entry.element.asapAddresses.indices {
                    rows[.registeredASAPAddresses].append(
                        Row(
                            index: RowIndex(index, value.index, entry.index, UInt32(address) + 1), node: place, pool: pool,
                            element: element, address: Int32(address)))
                }
                for address in 0..<entry.element.userAddressCount {
                    rows[.registeredUserAddresses].append(
                        Row(
                            index: RowIndex(index, value.index, entry.index, UInt32(address) + 1), node: place, pool: pool,
                            element: element, address: Int32(address)))
                }
            }
        }
        for address in node.addresses.indices {
            rows[.registrarAddresses].append(
                Row(index: RowIndex(index, UInt32(address) + 1), node: place, address: Int32(address)))
        }
        for (peer, value) in node.peers.enumerated() {
            rows[.peers].append(Row(index: RowIndex(value.index), node: place, element: Int32(peer)))
            for address in value.addresses.indices {
                rows[.peerAddresses].append(
                    Row(
                        index: RowIndex(value.index, UInt32(address) + 1), node: place, element: Int32(peer),
                        address: Int32(address)))
            }
        }
    }

    /// How many rows there are in all tables.
    public var rowCount: Int { rows.count }

    // MARK: Finding

    /// A name taken apart: its table, and in that the column and the row where it has these.
    struct Place {
        var table: Table
        var column: UInt32
        var row: Int
    }

    /// Where a variable stands; nil where there is none of that name, though there may be others of the object.
    func place(of name: ObjectIdentifier) -> Place? {
        for table in Table.allCases where table.entry.isPrefix(of: name) {
            let rest = name.subidentifiers[table.entry.subidentifiers.count...]
            guard let column = rest.first, table.columns.contains(column), rest.count == table.indexLength + 1 else {
                return nil
            }
            let suffix = rest.dropFirst()
            let row = firstRow(in: table, after: suffix, orAt: true)
            guard row < rows[table].count, rows[table][row].index.precedes(suffix, orEquals: true) else { return nil }
            return Place(table: table, column: column, row: row)
        }
        return nil
    }

    /// Whether the name is of one of the columns.
    func isOfObject(_ name: ObjectIdentifier) -> Bool {
        Table.allCases.contains { table in
            let numbers = name.subidentifiers
            let length = table.entry.subidentifiers.count
            return table.entry.isPrefix(of: name) && numbers.count > length && table.columns.contains(numbers[length])
        }
    }

    private func firstRow(in table: Table, after suffix: ArraySlice<UInt32>, orAt: Bool) -> Int {
        var (low, high) = (0, rows[table].count)
        while low < high {
            let middle = (low + high) / 2
            if rows[table][middle].index.precedes(suffix, orEquals: !orAt) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func name(of place: Place) -> ObjectIdentifier {
        let (entry, index) = (place.table.entry.subidentifiers, rows[place.table][place.row].index)
        var numbers: [UInt32] = []
        numbers.reserveCapacity(entry.count + 1 + Int(index.count))
        numbers += entry
        numbers.append(place.column)
        for place in 0..<Int(index.count) { numbers.append(index[place]) }
        return ObjectIdentifier(numbers)
    }

    /// The variable of this name (RFC 2741 §7.2.3.1).
    public func value(of name: ObjectIdentifier) -> VariableBinding.Value {
        if let place = place(of: name), let value = value(at: place) { return value }
        return isOfObject(name) ? .noSuchInstance : .noSuchObject
    }

    /// The first variable in the range (RFC 2741 §7.2.3.2).
    public func first(in range: SearchRange) -> VariableBinding? {
        for table in Table.inOrder where !rows[table].isEmpty {
            var (column, row) = (table.columns.lowerBound, 0)
            switch table.entry.order(before: range.start) {
            case .below(let rest):
                if let first = rest.first {
                    guard first <= table.columns.upperBound else { continue }
                    if first >= table.columns.lowerBound {
                        column = first
                        row = firstRow(in: table, after: rest.dropFirst(), orAt: range.isStartIncluded)
                    }
                }
            case .behind: continue
            case .ahead: break
            }
            while column <= table.columns.upperBound {
                while row < rows[table].count {
                    let place = Place(table: table, column: column, row: row)
                    if let value = value(at: place) {
                        let name = name(of: place)
                        return range.contains(name) ? VariableBinding(name, value) : nil
                    }
                    row += 1
                }
                (column, row) = (column + 1, 0)
            }
        }
        return nil
    }
}

extension ObjectIdentifier {
    /// Where a search begins, seen from this name.
    fileprivate enum Start {
        /// Before this name.
        case ahead
        /// At this name or below it: what follows it there.
        case below(ArraySlice<UInt32>)
        /// Behind all that is below this name.
        case behind
    }

    fileprivate func order(before start: ObjectIdentifier) -> Start {
        let (own, other) = (subidentifiers, start.subidentifiers)
        for place in own.indices {
            guard place < other.count else { return .ahead }
            guard own[place] == other[place] else { return other[place] < own[place] ? .ahead : .behind }
        }
        return .below(other[own.count...])
    }
}

extension ManagedElement {
    /// Rows in the table of user addresses: an opaque transport has one.
    var userAddressCount: Int { opaqueTransport != nil ? 1 : parameter.userTransport.addresses.count }
}
