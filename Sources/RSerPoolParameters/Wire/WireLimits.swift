/// What a reader takes from one message before it refuses it. Nesting needs no limit: it follows the grammar, which goes four
/// deep (Operation Error, cause, transport, address), and unknown parameters are not looked into.
public struct WireLimits: Hashable, Sendable {
    /// What is limited.
    public enum Kind: Hashable, Sendable {
        /// Addresses of one SCTP transport.
        case addressesPerTransport
        /// Causes of one Operation Error.
        case errorCauses
        /// Bytes of a pool handle.
        case poolHandleLength
        /// Unknown parameters that a message keeps.
        case preservedParameters
        /// Parameters of one kind in a row.
        case repeatedParameters
    }

    /// IP addresses in one SCTP Transport parameter. More: the message is refused with Lack of Resources.
    public var addressesPerTransport: Int
    /// Error causes in one Operation Error parameter. More: the message is thrown away.
    public var errorCauses: Int
    /// Bytes of a pool handle. More: the message is refused with Lack of Resources.
    public var poolHandleLength: Int
    /// Unknown parameters kept from one message, all depths together. More: the message is refused with Lack of Resources.
    public var preservedParameters: Int
    /// Parameters of one kind in a row, as the pool elements of a pool. More: the message is refused with Lack of Resources.
    public var repeatedParameters: Int
    /// Unknown parameters of one message that its sender is told of. More: they are passed over and not told of.
    public var reportedParameters: Int
    /// Bytes of offending parameters in one report, so that it fits into a message. More: the rest is not told of.
    public var reportedBytes: Int

    /// The limits; each is what its property says.
    public init(
        addressesPerTransport: Int = 64, errorCauses: Int = 64, poolHandleLength: Int = 1024, preservedParameters: Int = 64,
        repeatedParameters: Int = 2048, reportedParameters: Int = 16, reportedBytes: Int = 60_000
    ) {
        self.addressesPerTransport = addressesPerTransport
        self.errorCauses = errorCauses
        self.poolHandleLength = poolHandleLength
        self.preservedParameters = preservedParameters
        self.repeatedParameters = repeatedParameters
        self.reportedParameters = reportedParameters
        self.reportedBytes = reportedBytes
    }

    /// The limits as given by `init()`.
    public static let standard = WireLimits()
}

extension WireLimits.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .addressesPerTransport: "addresses of a transport"
        case .errorCauses: "error causes"
        case .poolHandleLength: "the length of a pool handle"
        case .preservedParameters: "unknown parameters"
        case .repeatedParameters: "parameters of one kind"
        }
    }
}
