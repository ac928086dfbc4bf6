/// A packet as a capture file has it.
struct CapturedPacket: Equatable, Sendable {
    /// From 1.
    var number: Int
    /// Seconds since 1970-01-01T00:00:00Z; nil where the file does not tell.
    var time: Double?
    var link: LinkType
    var bytes: [UInt8]
    /// Bytes that the packet had on the wire and the file does not have.
    var missing = 0
}

/// What a captured packet begins with: the numbers of the capture formats' registry (`LINKTYPE_…`).
struct LinkType: RawRepresentable, Equatable, Sendable {
    var rawValue: UInt32

    static let null = LinkType(rawValue: 0)
    static let ethernet = LinkType(rawValue: 1)
    static let raw = LinkType(rawValue: 101)
    static let loop = LinkType(rawValue: 108)
    static let linuxCooked = LinkType(rawValue: 113)
    static let ipv4 = LinkType(rawValue: 228)
    static let ipv6 = LinkType(rawValue: 229)
    /// SCTP packets without an IP header.
    static let sctp = LinkType(rawValue: 248)
    static let linuxCooked2 = LinkType(rawValue: 276)
}

/// A capture file that is damaged, or none: where, and what is wrong.
struct CaptureError: Error, Equatable, CustomStringConvertible {
    /// In the file.
    var offset: Int
    var reason: String

    var description: String { "byte \(offset) of the file: \(reason)" }
}
