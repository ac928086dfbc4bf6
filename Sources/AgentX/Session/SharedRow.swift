/// A row of a table that several processes share: its index is asked of the master agent, and then the row's columns are
/// registered, and those of the tables whose rows begin with the same index (RFC 2741 §7.1.4.2).
public struct SharedRow: Hashable, Sendable {
    /// How the owner knows it; one row a key.
    public var key: Int
    /// The object whose value is the index.
    public var indexObject: ObjectIdentifier
    /// Where the index stands.
    public var tables: [Table]

    /// A table's columns.
    public struct Table: Hashable, Sendable {
        /// The name of the table's entry.
        public var entry: ObjectIdentifier
        /// The accessible columns, which are without gaps.
        public var columns: ClosedRange<UInt32>

        /// A table's accessible columns.
        public init(_ entry: ObjectIdentifier, columns: ClosedRange<UInt32>) {
            self.entry = entry
            self.columns = columns
        }
    }

    /// A row that is not asked for yet.
    public init(key: Int, indexObject: ObjectIdentifier, tables: [Table]) {
        self.key = key
        self.indexObject = indexObject
        self.tables = tables
    }

    /// What is to be registered, for an index.
    func regions(index: UInt32) -> [AgentXMessage.Region] {
        tables.map { table in
            AgentXMessage.Region(
                table.entry + [table.columns.lowerBound, index],
                rangePlace: UInt8(truncatingIfNeeded: table.entry.subidentifiers.count + 1),
                upperBound: table.columns.upperBound)
        }
    }

    /// How far a row has come.
    enum Progress: Hashable {
        /// Not asked for: there is no session, or too much is under way.
        case waiting
        /// The index is asked for.
        case allocating
        /// The index is had; regions are registered up to the place given.
        case registering(UInt32, next: Int)
        case ready(UInt32)
        /// The master agent will not have it in this session.
        case refused

        var index: UInt32? {
            switch self {
            case .registering(let index, _), .ready(let index): index
            case .waiting, .allocating, .refused: nil
            }
        }
    }
}
