public import AgentX

/// Where RFC 5525's objects stand in the tree of management information.
public enum RSerPoolObjects {
    /// The module, experimental 125.
    public static let module: ObjectIdentifier = [1, 3, 6, 1, 3, 125]

    static let registrars = module + [1, 1]
    static let poolElements = module + [1, 2]
    static let poolUsers = module + [1, 3]

    /// A table: the name of its entry, and its accessible columns.
    struct Table: Hashable, Sendable {
        let entry: ObjectIdentifier
        let columns: ClosedRange<UInt32>
        /// How many numbers the index of a row has.
        let indexLength: Int

        init(_ parent: ObjectIdentifier, _ number: UInt32, columns: ClosedRange<UInt32>, indexLength: Int) {
            entry = parent + [number, 1]
            self.columns = columns
            self.indexLength = indexLength
        }

        /// The first column of each row, which numbers the row, is not accessible.
        func indexObject(_ column: UInt32 = 1) -> ObjectIdentifier { entry + [column] }

        var shared: SharedRow.Table { SharedRow.Table(entry, columns: columns) }
    }

    static let registrarTable = Table(registrars, 1, columns: 2...12, indexLength: 1)
    static let poolTable = Table(registrars, 3, columns: 2...2, indexLength: 2)
    static let registeredElementTable = Table(registrars, 4, columns: 2...13, indexLength: 3)
    static let registeredASAPAddressTable = Table(registrars, 5, columns: 2...3, indexLength: 4)
    static let registeredUserAddressTable = Table(registrars, 6, columns: 2...4, indexLength: 4)
    static let registrarAddressTable = Table(registrars, 7, columns: 2...3, indexLength: 2)
    static let peerTable = Table(registrars, 8, columns: 2...4, indexLength: 1)
    static let peerAddressTable = Table(registrars, 9, columns: 2...3, indexLength: 2)
    static let elementTable = Table(poolElements, 1, columns: 2...17, indexLength: 1)
    static let elementASAPAddressTable = Table(poolElements, 2, columns: 2...3, indexLength: 2)
    static let elementUserAddressTable = Table(poolElements, 6, columns: 2...4, indexLength: 2)
    static let userTable = Table(poolUsers, 1, columns: 2...5, indexLength: 1)

    /// In the order of the tree.
    static let tables = [
        registrarTable, poolTable, registeredElementTable, registeredASAPAddressTable, registeredUserAddressTable,
        registrarAddressTable, peerTable, peerAddressTable, elementTable, elementASAPAddressTable,
        elementUserAddressTable, userTable,
    ]
}

extension SharedRow {
    /// A registrar, with its pools, their elements and all addresses but those of peers.
    public static func registrar(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.registrarTable.indexObject(),
            tables: [
                RSerPoolObjects.registrarTable, RSerPoolObjects.poolTable, RSerPoolObjects.registeredElementTable,
                RSerPoolObjects.registeredASAPAddressTable, RSerPoolObjects.registeredUserAddressTable,
                RSerPoolObjects.registrarAddressTable,
            ].map(\.shared))
    }

    /// A peer of a registrar, with its addresses.
    public static func peer(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.peerTable.indexObject(),
            tables: [RSerPoolObjects.peerTable, RSerPoolObjects.peerAddressTable].map(\.shared))
    }

    /// A pool element, with its addresses.
    public static func poolElement(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.elementTable.indexObject(),
            tables: [
                RSerPoolObjects.elementTable, RSerPoolObjects.elementASAPAddressTable,
                RSerPoolObjects.elementUserAddressTable,
            ].map(\.shared))
    }

    /// A pool user.
    public static func poolUser(key: Int) -> SharedRow {
        SharedRow(
            key: key, indexObject: RSerPoolObjects.userTable.indexObject(), tables: [RSerPoolObjects.userTable.shared])
    }
}
