internal import Crypto

/// A secret that the elements of a pool share, by which they seal cookies for one another.
///
/// Its text forms do not tell the secret.
public struct PoolKey: Hashable, Sendable {
    /// Names a key, so that one can follow another; it stands in every cookie.
    public struct Identifier: RawRepresentable, Hashable, Sendable {
        /// The number as it stands in cookies.
        public let rawValue: UInt32

        /// The identifier with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }
    }

    /// The length of a key's secret: 32 bytes.
    public static let byteCount = 32

    /// The key's name.
    public let identifier: Identifier
    let secret: SymmetricKey

    /// A key that is kept elsewhere, such as in a file that only the elements can read.
    /// - Parameter bytes: ``byteCount`` of them, from a source of randomness made for keys.
    /// - Throws: ``PoolKeyError`` where there are more or fewer.
    public init(_ identifier: Identifier, bytes: [UInt8]) throws(PoolKeyError) {
        guard bytes.count == Self.byteCount else { throw .length(bytes.count) }
        self.identifier = identifier
        secret = SymmetricKey(data: bytes)
    }

    /// A key in text: the identifier in decimal digits, a colon, the secret in 64 hexadecimal digits. `openssl rand -hex 32` makes
    /// a secret.
    /// - Throws: ``PoolKeyError`` where the text is no key.
    public init(text: some StringProtocol) throws(PoolKeyError) {
        guard let colon = text.firstIndex(of: ":"), let number = UInt32(text[..<colon]) else { throw .text }
        let digits = Array(text[text.index(after: colon)...].utf8)
        guard digits.count == 2 * Self.byteCount else { throw .text }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[place]), let low = Self.value(ofDigit: digits[place + 1]) else {
                throw .text
            }
            bytes.append(high << 4 | low)
        }
        try self.init(Identifier(rawValue: number), bytes: bytes)
    }

    /// A new key from the system's source of randomness.
    public static func random(_ identifier: Identifier) -> PoolKey {
        PoolKey(identifier, secret: SymmetricKey(size: .bits256))
    }

    private init(_ identifier: Identifier, secret: SymmetricKey) {
        self.identifier = identifier
        self.secret = secret
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    /// Compares without telling by its duration where two secrets differ.
    public static func == (left: PoolKey, right: PoolKey) -> Bool {
        left.identifier == right.identifier && left.secret == right.secret
    }

    /// By the identifier alone: a secret is nothing to make hashes of.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}

extension PoolKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's name, without the secret.
    public var description: String { "key \(identifier.rawValue)" }
    /// The key's name, without the secret.
    public var debugDescription: String { description }
    /// The key's name, without the secret.
    public var customMirror: Mirror { Mirror(self, children: ["identifier": identifier]) }
}

/// Why something is not a key. The description is a sentence for people; it does not tell what was given.
public enum PoolKeyError: Error, Hashable, Sendable {
    /// So many bytes, and not ``PoolKey/byteCount``.
    case length(Int)
    /// Not the text form.
    case text
}

extension PoolKeyError: CustomStringConvertible {
    /// The sentence.
    public var description: String {
        switch self {
        case .length(let count): "A pool key has \(PoolKey.byteCount) bytes, not \(count)."
        case .text:
            "A pool key is written as a number, a colon and \(2 * PoolKey.byteCount) hexadecimal digits; make them by 'openssl rand -hex 32'."
        }
    }
}
