public import SCTPTransport

/// Numbers of ENRP (RFC 5353 §5).
public enum ENRPProtocol {
    /// The SCTP and UDP port at which registrars speak with each other (RFC 5353 §5.3).
    public static let port: UInt16 = 9901
}

extension PayloadProtocolIdentifier {
    /// ENRP's identifier (RFC 5353 §5.4).
    public static let enrp = PayloadProtocolIdentifier(rawValue: 12)
}
