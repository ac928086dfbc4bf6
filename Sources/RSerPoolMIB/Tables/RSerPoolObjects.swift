public import AgentX

/// Where RFC 5525's objects stand in the tree of management information.
public enum RSerPoolObjects {
    /// The module, experimental 125.
    public static let module: ObjectIdentifier = [1, 3, 6, 1, 3, 125]

    static let registrars = module + [1, 1]
    static let poolElements = module + [1, 2]
    static let poolUsers = module + [1, 3]

    /// The tables, in the order of the tree.
    enum Table: Int, CaseIterable, Hashable, Sendable {
        case registrars
        case pools
        case registeredElements
        case registeredASAPAddresses
        case registeredUserAddresses
        case registrarAddresses
        case peers
        case peerAddresses
        case elements
        case elementASAPAddresses
        case elementUserAddresses
        case users

        /// All of them; made once.
        static let inOrder = allCases

        /// The name of its entry, its accessible columns, and how many numbers the index of a row has.
        var shape: Shape { RSerPoolObjects.shapes[rawValue] }
        var entry: ObjectIdentifier { shape.entry }
        var columns: ClosedRange<UInt32> { shape.columns }
        var indexLength: Int { shape.indexLength }

        /// The first column of each row, which numbers the row, is not accessible.
        var indexObject: ObjectIdentifier { entry + [1] }

        var shared: SharedRow.Table { SharedRow.Table(entry, columns: columns) }
    }

    /// Where a table stands and what it looks like.
    struct Shape: Hashable, Sendable {
        let entry: ObjectIdentifier
        let columns: ClosedRange<UInt32>
        let indexLength: Int

        init(_ parent: ObjectIdentifier, _ number: UInt32, columns: ClosedRange<UInt32>, indexLength: Int) {
            entry = parent + [number, 1]
            self.columns = columns
            self.indexLength = indexLength
        }
    }

    /// By the tables' places in the tree.
    private static let shapes = Table.allCases.map { table in
        switch table {
        case .registrars: Shape(registrars, 1, columns: 2...12, indexLength: 1)
        case .pools: Shape(registrars, 3, columns: 2...2, indexLength: 2)
        case .registeredElements: Shape(registrars, 4, columns: 2...13, indexLength: 3)
        case .registeredASAPAddresses: Shape(registrars, 5, columns: 2...3, indexLength: 4)
        case .registeredUserAddresses: Shape(registrars, 6, columns: 2...4, indexLength: 4)
        case .registrarAddresses: Shape(registrars, 7, columns: 2...3, indexLength: 2)
        case .peers: Shape(registrars, 8, columns: 2...4, indexLength: 1)
        case .peerAddresses: Shape(registrars, 9, columns: 2...3, indexLength: 2)
        case .elements: Shape(poolElements, 1, columns: 2...17, indexLength: 1)
        case .elementASAPAddresses: Shape(poolElements, 2, columns: 2...3, indexLength: 2)
        case .elementUserAddresses: Shape(poolElements, 6, columns: 2...4, indexLength: 2)
        case .users: Shape(poolUsers, 1, columns: 2...5, indexLength: 1)
        }
    }
}

extension SharedRow {
    /// A registrar, with its pools, their elements and all addresses but those of peers.
    public static func registrar(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.Table.registrars.indexObject,
            tables: [
                RSerPoolObjects.Table.registrars, .pools, .registeredElements, .registeredASAPAddresses,
                .registeredUserAddresses, .registrarAddresses,
            ].map(\.shared))
    }

    /// A peer of a registrar, with its addresses.
    public static func peer(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.Table.peers.indexObject,
            tables: [RSerPoolObjects.Table.peers, .peerAddresses].map(\.shared))
    }

    /// A pool element, with its addresses.
    public static func poolElement(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.Table.elements.indexObject,
            tables: [RSerPoolObjects.Table.elements, .elementASAPAddresses, .elementUserAddresses].map(\.shared))
    }

    /// A pool user.
    public static func poolUser(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.Table.users.indexObject, tables: [RSerPoolObjects.Table.users.shared])
    }
}
