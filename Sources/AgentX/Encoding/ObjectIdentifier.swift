/// The name of something in the tree of management information: a path of numbers, ordered as walks go through them.
///
/// At most ``maximumCount`` numbers (RFC 2741 §5.1); what makes longer ones is refused where it is read.
public struct ObjectIdentifier: Hashable, Sendable {
    /// The path, from the root.
    public var subidentifiers: [UInt32]

    /// The most numbers that a name has (RFC 2578 §3.5).
    public static let maximumCount = 128

    /// A name from its numbers; without any it stands for none.
    public init(_ subidentifiers: [UInt32] = []) {
        self.subidentifiers = subidentifiers
    }

    /// True for the name without numbers, which stands for none.
    public var isNull: Bool { subidentifiers.isEmpty }

    /// Whether `other` is this name or one below it.
    public func isPrefix(of other: ObjectIdentifier) -> Bool {
        other.subidentifiers.starts(with: subidentifiers)
    }

    /// The name below this one by further numbers.
    public static func + (name: ObjectIdentifier, further: some Sequence<UInt32>) -> ObjectIdentifier {
        ObjectIdentifier(name.subidentifiers + further)
    }
}

extension ObjectIdentifier: Comparable {
    /// Walks go through names in this order.
    public static func < (left: ObjectIdentifier, right: ObjectIdentifier) -> Bool {
        left.subidentifiers.lexicographicallyPrecedes(right.subidentifiers)
    }
}

extension ObjectIdentifier: ExpressibleByArrayLiteral {
    /// `[1, 3, 6, 1]`
    public init(arrayLiteral elements: UInt32...) {
        self.init(elements)
    }
}

extension ObjectIdentifier: CustomStringConvertible {
    /// As `1.3.6.1`.
    public var description: String { subidentifiers.map(String.init).joined(separator: ".") }

    /// Reads `1.3.6.1` or `.1.3.6.1`; nil for anything else.
    public init?(_ text: String) {
        var numbers: [UInt32] = []
        let digits = text.hasPrefix(".") ? text.dropFirst() : text[...]
        for part in digits.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = UInt32(part) else { return nil }
            numbers.append(number)
        }
        guard !numbers.isEmpty, numbers.count <= Self.maximumCount else { return nil }
        self.init(numbers)
    }
}
