/// Why a cookie cannot be opened. None of the reasons is known to be the pool user's doing: it may have been given the cookie like
/// that. The description is a sentence for people.
public enum SealedCookieError: Error, Hashable, Sendable {
    /// It is no sealed cookie: too short, or of a length that none has.
    case malformed
    /// It is sealed in another way than this one.
    case unsupportedVersion(UInt8)
    /// It is sealed by a key that this sealer does not have, or has no more.
    case unknownKey(PoolKey.Identifier)
    /// It was sealed for another pool.
    case otherPool
    /// It was changed; or sealed for another session, or by another key of the same name.
    case tampered
    /// It was valid until then.
    case expired(WallTime)
}

extension SealedCookieError: CustomStringConvertible {
    /// The sentence.
    public var description: String {
        switch self {
        case .malformed: "The cookie is not a sealed one."
        case .unsupportedVersion(let version):
            "The cookie is sealed by version \(version), which is not known here; are all elements of the pool up to date?"
        case .unknownKey(let identifier):
            "The cookie is sealed by key \(identifier.rawValue), which is not here; do all elements of the pool have the same keys?"
        case .otherPool: "The cookie is another pool's."
        case .tampered: "The cookie was changed, or belongs to another session, or its key is another one of the same number."
        case .expired(let time): "The cookie has expired: it was valid until \(time.secondsSince1970) (seconds since 1970)."
        }
    }
}

/// Why a sealer cannot be made, or state cannot be sealed. The description is a sentence for people.
public enum CookieSealerError: Error, Hashable, Sendable {
    /// There is no key.
    case noKey
    /// There are so many keys, more than ``CookieSealer/maximumKeys``.
    case tooManyKeys(Int)
    /// Two keys have this name.
    case repeatedKey(PoolKey.Identifier)
    /// The state has so many bytes, more than ``CookieSealer/maximumStateSize``.
    case stateTooLong(Int)
}

extension CookieSealerError: CustomStringConvertible {
    /// The sentence.
    public var description: String {
        switch self {
        case .noKey: "A sealer needs a key."
        case .tooManyKeys(let count): "\(count) keys are given; a sealer holds \(CookieSealer.maximumKeys)."
        case .repeatedKey(let identifier): "Two keys have the number \(identifier.rawValue)."
        case .stateTooLong(let count):
            "The state has \(count) bytes; a cookie carries at most \(CookieSealer.maximumStateSize)."
        }
    }
}
