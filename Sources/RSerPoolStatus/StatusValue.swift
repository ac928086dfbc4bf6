/// How things stand, as JSON has it (RFC 8259): what a program tells of itself, and what is read of another one.
public indirect enum StatusValue: Hashable, Sendable {
    /// Nothing: not known, or there is none.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// Another number; finite.
    case number(Double)
    /// Any text.
    case text(String)
    /// Values in an order.
    case list([StatusValue])
    /// Values with names, in an order that is for people.
    case object([Member])

    /// A value with its name.
    public struct Member: Hashable, Sendable {
        /// The name, as `homeRegistrar`.
        public var name: String
        /// What it is.
        public var value: StatusValue

        /// - Parameter name: no other member of the object has it.
        public init(_ name: String, _ value: StatusValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member; nil where there is none, or where this is no object.
    public subscript(_ name: String) -> StatusValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a text; nil for anything else.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The number of a whole number; nil for anything else.
    public var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    /// Either number; nil for anything else.
    public var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The values of a list; none for anything else.
    public var list: [StatusValue] {
        if case .list(let list) = self { list } else { [] }
    }

    /// The members of an object; none for anything else.
    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }
}

extension StatusValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: StatusValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, StatusValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

// MARK: - Writing

extension StatusValue {
    /// Appends the value in one line.
    public func write(to bytes: inout [UInt8]) {
        write(to: &bytes, indentation: nil)
    }

    /// The value as text: in one line, or with each member in a line of its own.
    public func json(isPretty: Bool = false) -> String {
        var bytes: [UInt8] = []
        write(to: &bytes, indentation: isPretty ? 0 : nil)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += value ? "true".utf8 : "false".utf8
        case .integer(let value): bytes += "\(value)".utf8
        case .number(let value): bytes += value.isFinite ? "\(value)".utf8 : "null".utf8
        case .text(let text): Self.write(text, to: &bytes)
        case .list(let list):
            Self.write(list, in: (UInt8(ascii: "["), UInt8(ascii: "]")), to: &bytes, indentation) { value, bytes, inner in
                value.write(to: &bytes, indentation: inner)
            }
        case .object(let members):
            Self.write(members, in: (UInt8(ascii: "{"), UInt8(ascii: "}")), to: &bytes, indentation) { member, bytes, inner in
                Self.write(member.name, to: &bytes)
                bytes += inner == nil ? ":".utf8 : ": ".utf8
                member.value.write(to: &bytes, indentation: inner)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], in brackets: (UInt8, UInt8), to bytes: inout [UInt8], _ indentation: Int?,
        _ write: (Item, inout [UInt8], Int?) -> Void
    ) {
        let inner = indentation.map { $0 + 2 }
        func breakLine(_ width: Int?) {
            guard let width, !items.isEmpty else { return }
            bytes.append(UInt8(ascii: "\n"))
            bytes += [UInt8](repeating: UInt8(ascii: " "), count: width)
        }
        bytes.append(brackets.0)
        for (place, item) in items.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(inner)
            write(item, &bytes, inner)
        }
        breakLine(indentation)
        bytes.append(brackets.1)
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            // Control characters, and DEL, which would change what a terminal does.
            case ..<0x20, 0x7f:
                let digits = String(byte, radix: 16)
                bytes += "\\u00".utf8
                bytes += (digits.count < 2 ? "0" + digits : digits).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
