/// A name with its value (RFC 2741 §5.4).
public struct VariableBinding: Hashable, Sendable {
    /// The variable.
    public var name: ObjectIdentifier
    /// What it holds, or why there is nothing.
    public var value: Value

    /// A variable with its value.
    public init(_ name: ObjectIdentifier, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// What a variable holds, or why there is none.
    public enum Value: Hashable, Sendable {
        /// Also of enumerations.
        case integer(Int32)
        /// Bytes.
        case octetString([UInt8])
        /// Nothing; in requests.
        case null
        /// A name.
        case objectIdentifier(ObjectIdentifier)
        /// Four bytes of an IPv4 address, the most significant first.
        case ipAddress([UInt8])
        /// A number that grows, and begins again behind its greatest.
        case counter32(UInt32)
        /// Also Unsigned32.
        case gauge32(UInt32)
        /// Hundredths of a second.
        case timeTicks(UInt32)
        /// Bytes of a syntax of their own.
        case opaque([UInt8])
        /// A greater number that grows.
        case counter64(UInt64)
        /// There is no such object here.
        case noSuchObject
        /// The object is here, but not this instance of it.
        case noSuchInstance
        /// Nothing follows.
        case endOfMibView

        /// The number of the syntax on the wire.
        var type: UInt16 {
            switch self {
            case .integer: 2
            case .octetString: 4
            case .null: 5
            case .objectIdentifier: 6
            case .ipAddress: 64
            case .counter32: 65
            case .gauge32: 66
            case .timeTicks: 67
            case .opaque: 68
            case .counter64: 70
            case .noSuchObject: 128
            case .noSuchInstance: 129
            case .endOfMibView: 130
            }
        }

        /// Whether two values have the same syntax.
        public func hasSyntax(of other: Value) -> Bool { type == other.type }
    }
}

/// Where a request looks for a variable (RFC 2741 §5.2).
public struct SearchRange: Hashable, Sendable {
    /// The name that is asked for, or after which to look.
    public var start: ObjectIdentifier
    /// Whether a variable named ``start`` itself may be the answer of a search.
    public var isStartIncluded: Bool
    /// The first name that is no longer an answer; null for no such bound.
    public var end: ObjectIdentifier

    /// A range; without an end by default.
    public init(from start: ObjectIdentifier, isStartIncluded: Bool = false, to end: ObjectIdentifier = ObjectIdentifier()) {
        self.start = start
        self.isStartIncluded = isStartIncluded
        self.end = end
    }

    /// Whether a variable with this name answers a search.
    public func contains(_ name: ObjectIdentifier) -> Bool {
        (isStartIncluded ? start <= name : start < name) && (end.isNull || name < end)
    }
}
