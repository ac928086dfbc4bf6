public import SCTPTransport

extension StreamFraming {
    /// ASAP messages over TCP, for pool users that have no SCTP (RFC 5352 §3.6): they tell their length in the common header and
    /// are padded to four bytes (RFC 5354 §4).
    public static let asap = StreamFraming.messages(
        MessageLayout(lengthOffset: 2, headerLength: 4, alignment: 4, payloadProtocol: .asap))
}
