public import SCTPTransport

extension TransportChannel {
    /// ENRP over SCTP, beside a registrar's ASAP.
    public static let enrp = TransportChannel(rawValue: 1)
}
