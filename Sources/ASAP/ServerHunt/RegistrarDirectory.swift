import InternetAddresses
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// The registrars that a pool element or pool user knows (RFC 5352 §3.6): those that are configured, which stay, and those that
/// announce themselves, each address for T7-ENRPoutdate.
///
/// Nothing says that an announcement is true (RFC 5352 §9.2): configured addresses come first, there is room for few announced
/// ones, and sources that are not known yet are read only so often.
struct RegistrarDirectory: Sendable {
    struct Entry: Hashable, Sendable {
        var address: SCTPAddress
        /// Known for announced addresses.
        var server: RegistrarIdentifier?
        /// When T7 ends; nil for a configured address.
        var expiry: MonotonicInstant?
    }

    /// Configured ones first, then announced ones as they were learnt.
    private(set) var entries: [Entry]
    let takesAnnouncements: Bool
    let transport: RegistrarTransport
    private let validity: Duration
    private var windowStart = MonotonicInstant.origin
    private var unknownInWindow = 0

    init(_ list: RegistrarList, transport: RegistrarTransport, validity: Duration) {
        fulfils("asap-3.6-R1")
        fulfils("asap-3.6-R8")
        entries = list.addresses.map { Entry(address: $0) }
        takesAnnouncements = list.takesAnnouncements
        self.transport = transport
        self.validity = validity
    }

    var addresses: [SCTPAddress] { entries.map(\.address) }

    /// When the first T7 ends.
    var deadline: MonotonicInstant? {
        entries.lazy.compactMap(\.expiry).min()
    }

    /// Takes a datagram of the announcement channel (RFC 5352 §3.6).
    /// - Returns: the addresses that are new; nil where it was not read.
    /// - Throws: what is wrong with the bytes. Nobody is told: an answer would go to whoever forged the source.
    mutating func hear(
        _ bytes: [UInt8], from source: SCTPAddress, at now: MonotonicInstant
    ) throws(WireError) -> [SCTPAddress]? {
        guard takesAnnouncements, mayRead(from: source, at: now) else { return nil }
        guard case .serverAnnounce(let announce) = try ASAPMessage.decode(bytes).message else { return nil }
        var new: [SCTPAddress] = []
        for address in addresses(of: announce, from: source) where isUsable(address) {
            if let place = entries.firstIndex(where: { $0.address == address }) {
                entries[place].server = announce.server
                if entries[place].expiry != nil {
                    fulfils("asap-3.6-R5")
                    entries[place].expiry = now + validity
                }
            } else if entries.count(where: { $0.expiry != nil }) < RegistrarList.maximumAnnouncedCount {
                fulfils("asap-1.1-R5")
                fulfils("asap-3.6-R1")
                fulfils("asap-3.6-R4")
                entries.append(Entry(address: address, server: announce.server, expiry: now + validity))
                new.append(address)
            }
        }
        return new
    }

    /// Where the announced registrar serves by this endpoint's transport. Without a transport parameter it is SCTP at the
    /// datagram's source and ASAP's port.
    private func addresses(of announce: ASAPMessage.ServerAnnounce, from source: SCTPAddress) -> [SCTPAddress] {
        guard !announce.transports.isEmpty else {
            fulfils("asap-3.6-R6")
            return transport == .sctp ? [SCTPAddress(source.ip, port: ASAPProtocol.port)] : []
        }
        return announce.transports.flatMap { offered -> [SCTPAddress] in
            switch (offered, transport) {
            case (.sctp(let offered), .sctp): offered.addresses.map { SCTPAddress($0, port: offered.port) }
            case (.tcp(let offered), .tcp): [SCTPAddress(offered.address, port: offered.port)]
            case (.sctp, .tcp), (.tcp, .sctp): []
            }
        }
    }

    private func isUsable(_ address: SCTPAddress) -> Bool {
        address.port != 0 && !address.ip.isUnspecified && !address.ip.isMulticast
    }

    private mutating func mayRead(from source: SCTPAddress, at now: MonotonicInstant) -> Bool {
        guard !entries.contains(where: { $0.address.ip == source.ip }) else { return true }
        if now - windowStart >= .seconds(1) {
            windowStart = now
            unknownInWindow = 0
        }
        unknownInWindow += 1
        fulfils("asap-9.2-R23")
        return unknownInWindow <= RegistrarList.maximumUnknownSourcesPerSecond
    }

    /// Removes the addresses whose T7 has ended.
    mutating func expire(at now: MonotonicInstant) -> [SCTPAddress] {
        let ended = entries.filter { $0.expiry.map { $0 <= now } ?? false }.map(\.address)
        if !ended.isEmpty {
            fulfils("asap-3.6-R7")
            entries.removeAll { $0.expiry.map { $0 <= now } ?? false }
        }
        return ended
    }
}
