internal import Crypto
public import RSerPoolParameters
import RequirementMarks

/// Seals a session's state into a cookie, and opens the cookies that other elements of the pool sealed (RFC 5352 §3.8).
///
/// A cookie lies in the pool user's hands until another element gets it; RFC 5352 §3.8 wants it signed by the one and verified by the
/// other. Sealed, it can neither be read nor changed by whoever has not the pool's key, nor be used in another pool or for
/// another session, nor after its time:
///
///     let sealer = try CookieSealer(key: PoolKey(text: secret))
///     let cookie = try sealer.seal(state, pool: "Counters", element: identifier, until: .now + .seconds(3_600))
///     let state = try sealer.open(cookie, pool: "Counters", at: .now).state
///
/// **What it does not do.** A pool user can hand in an older cookie of its own session as long as that has not expired, and so set the
/// session back to an earlier state, or hand in one cookie at several elements. Where that matters (money, quotas), give
/// cookies a short time, and keep a count in the state that is checked against something the elements share.
///
/// The form of a cookie: a word with version and padding, the key's number, a digest of the pool handle, the sealing element's
/// identifier, the expiry, a random nonce, the sealed state and its tag (AES-256-GCM); everything before the state is
/// authenticated with it. Its length is a multiple of 4, since there are pool users that are uneasy with others.
public struct CookieSealer: Sendable {
    /// Bytes that a cookie has beyond its state, padding to a multiple of 4 not counted.
    public static let overhead = headerSize + nonceSize + tagSize
    /// The most bytes of state: what a cookie may have in a message, less the overhead.
    public static let maximumStateSize = 65_524 - overhead
    /// The most keys of a sealer.
    public static let maximumKeys = 16

    private static let version: UInt8 = 1
    private static let (headerSize, nonceSize, tagSize) = (24, 12, 16)

    /// The keys: the first seals, all open.
    public private(set) var keys: [PoolKey]

    /// - Parameter keys: the first seals, all open: newest first.
    /// - Throws: ``CookieSealerError`` without a key, with too many, or with two of the same name.
    public init(keys: [PoolKey]) throws(CookieSealerError) {
        guard !keys.isEmpty else { throw .noKey }
        guard keys.count <= Self.maximumKeys else { throw .tooManyKeys(keys.count) }
        for (place, key) in keys.enumerated() where keys[..<place].contains(where: { $0.identifier == key.identifier }) {
            throw .repeatedKey(key.identifier)
        }
        self.keys = keys
    }

    /// A sealer with one key.
    public init(key: PoolKey) {
        keys = [key]
    }

    /// Seals with a new key from now on, and goes on to open what the older ones sealed; the oldest is dropped where there would be
    /// more than ``maximumKeys``.
    ///
    /// Elements that do not have the new key yet cannot open its cookies: give it to all as an older one first, by
    /// ``init(keys:)``. A key is to be replaced before 2^32 cookies are sealed by it, for the nonces are drawn at random.
    /// - Throws: ``CookieSealerError/repeatedKey(_:)``.
    public mutating func rotate(to key: PoolKey) throws(CookieSealerError) {
        self = try CookieSealer(keys: Array(([key] + keys).prefix(Self.maximumKeys)))
    }

    /// Seals state into a cookie.
    /// - Parameters:
    ///   - state: what the next element needs; at most ``maximumStateSize`` bytes, and no more than the pool's
    ///     `maximumCookieSize` less ``overhead``.
    ///   - session: what all elements know of the session beforehand, such as the name that its user logged in with; only who knows
    ///     the same can open the cookie.
    ///   - element: who seals.
    ///   - expiry: the last second at which the cookie can be opened, by the opener's clock.
    /// - Throws: ``CookieSealerError/stateTooLong(_:)``.
    public func seal(
        _ state: [UInt8], pool: PoolHandle, session: [UInt8] = [], element: PoolElementIdentifier, until expiry: WallTime
    ) throws(CookieSealerError) -> [UInt8] {
        guard state.count <= Self.maximumStateSize else { throw .stateTooLong(state.count) }
        let padding = (4 - state.count % 4) % 4
        var cookie: [UInt8] = []
        cookie.reserveCapacity(Self.overhead + state.count + padding)
        cookie.append(contentsOf: [Self.version, 0, 0, UInt8(padding)])
        cookie.append(contentsOf: Self.bytes(of: keys[0].identifier.rawValue))
        cookie.append(contentsOf: Self.digest(of: pool))
        cookie.append(contentsOf: Self.bytes(of: element.rawValue))
        cookie.append(contentsOf: Self.bytes(of: UInt64(bitPattern: expiry.secondsSince1970)))
        let authenticated = Self.authenticated(cookie, pool, session)
        guard
            let box = try? AES.GCM.seal(
                state + [UInt8](repeating: 0, count: padding), using: keys[0].secret, authenticating: authenticated)
        else { preconditionFailure("AES-GCM seals with a key of 256 bits whatever is given") }
        cookie.append(contentsOf: box.nonce)
        cookie.append(contentsOf: box.ciphertext)
        fulfils("asap-3.8-R4")
        cookie.append(contentsOf: box.tag)
        return cookie
    }

    /// What a cookie held.
    public struct Opened: Hashable, Sendable {
        /// The state as it was sealed.
        public var state: [UInt8]
        /// Who sealed it.
        public var element: PoolElementIdentifier
        /// The last second at which the cookie can be opened.
        public var expiry: WallTime
    }

    /// Opens a cookie that an element of the pool sealed.
    /// - Parameters:
    ///   - session: the same as was given to ``seal(_:pool:session:element:until:)``.
    ///   - now: the time; ``WallTime/now`` but in tests.
    /// - Throws: ``SealedCookieError``. A session whose cookie cannot be opened begins anew, or is ended: the cookie says nothing.
    public func open(
        _ cookie: [UInt8], pool: PoolHandle, session: [UInt8] = [], at now: WallTime
    ) throws(SealedCookieError) -> Opened {
        guard cookie.count >= Self.overhead, cookie.count % 4 == 0 else { throw .malformed }
        guard cookie[0] == Self.version else { throw .unsupportedVersion(cookie[0]) }
        let identifier = PoolKey.Identifier(rawValue: UInt32(truncatingIfNeeded: Self.number(in: cookie[4..<8])))
        guard let key = keys.first(where: { $0.identifier == identifier }) else { throw .unknownKey(identifier) }
        guard cookie[8..<12].elementsEqual(Self.digest(of: pool)) else { throw .otherPool }
        let header = Array(cookie[..<Self.headerSize])
        let sealed = cookie[Self.headerSize...]
        guard
            let nonce = try? AES.GCM.Nonce(data: sealed.prefix(Self.nonceSize)),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: sealed.dropFirst(Self.nonceSize).dropLast(Self.tagSize),
                tag: sealed.suffix(Self.tagSize)),
            let padded = try? AES.GCM.open(box, using: key.secret, authenticating: Self.authenticated(header, pool, session))
        else {
            fulfils("asap-3.8-R5")
            throw .tampered
        }
        // From here on the header is what an element wrote.
        let expiry = WallTime(secondsSince1970: Int64(bitPattern: Self.number(in: header[16..<24])))
        guard now <= expiry else { throw .expired(expiry) }
        guard padded.count >= Int(header[3]) else { throw .malformed }
        return Opened(
            state: [UInt8](padded.dropLast(Int(header[3]))),
            element: PoolElementIdentifier(rawValue: UInt32(truncatingIfNeeded: Self.number(in: header[12..<16]))),
            expiry: expiry)
    }

    // MARK: Parts

    /// The header, and what is not in it: the pool handle and the session, each after its length, so that none reads as another.
    private static func authenticated(_ header: [UInt8], _ pool: PoolHandle, _ session: [UInt8]) -> [UInt8] {
        header + bytes(of: UInt64(pool.bytes.count)) + pool.bytes + bytes(of: UInt64(session.count)) + session
    }

    /// Four bytes that tell pools apart, so that a cookie that is in the wrong place is not taken for a forgery. Not what keeps them
    /// apart: the whole handle is authenticated.
    private static func digest(of pool: PoolHandle) -> [UInt8] {
        [UInt8](SHA256.hash(data: pool.bytes).prefix(4))
    }

    private static func bytes(of number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (1...number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (number.bitWidth - 8 * $0)) }
    }

    private static func number(in bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
