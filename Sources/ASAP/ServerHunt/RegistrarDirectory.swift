import InternetAddresses
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// The registrars that a pool element or pool user knows (RFC 5352 §3.6): those that are configured, which stay, and those that
/// announce themselves, each address for T7-ENRPoutdate or longer.
///
/// Nothing says that an announcement is true (RFC 5352 §9.2): configured addresses come first, there is room for few announced
/// ones, and sources that are not known yet are read only so often.
struct RegistrarDirectory: Sendable {
    struct Entry: Hashable, Sendable {
        var address: SCTPAddress
        /// Known for announced addresses.
        var server: RegistrarIdentifier?
        /// When it was last announced; nil for a configured address.
        var heard: MonotonicInstant?
    }

    /// Configured ones first, then announced ones as they were learnt.
    private(set) var entries: [Entry]
    let takesAnnouncements: Bool
    let transport: RegistrarTransport
    /// T7-ENRPoutdate.
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

    /// When the first announcement ceases to count.
    var deadline: MonotonicInstant? {
        entries.lazy.compactMap(\.heard).min().map { $0 + announcementValidity }
    }

    /// How long an announcement counts: T7, or where that is longer, three rounds of announcements.
    ///
    /// Of N + 1 registrars each announces itself every (N + 1) × T6 (RFC 5352 §3.6), and T7 is five T6 (§7.1) whatever N is: beyond five
    /// registrars each would be forgotten between two announcements of its own, though all of them live.
    private var announcementValidity: Duration {
        let registrars = Set(entries.lazy.filter { $0.heard != nil }.map(\.server)).count
        return max(validity, validity * (3 * min(registrars, RegistrarList.maximumCountedRegistrars)) / 5)
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
                if entries[place].heard != nil {
                    fulfils("asap-3.6-R5")
                    entries[place].heard = now
                }
            } else if entries.count(where: { $0.heard != nil }) < RegistrarList.maximumAnnouncedCount {
                fulfils("asap-1.1-R5")
                fulfils("asap-3.6-R1")
                fulfils("asap-3.6-R4")
                entries.append(Entry(address: address, server: announce.server, heard: now))
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
            let address = SCTPAddress(source.ip, port: ASAPProtocol.port, encapsulationPort: announce.encapsulationPort)
            return transport == .sctp ? [address] : []
        }
        return announce.transports.flatMap { offered -> [SCTPAddress] in
            switch (offered, transport) {
            case (.sctp(let offered), .sctp):
                offered.addresses.map {
                    SCTPAddress($0, port: offered.port, encapsulationPort: announce.encapsulationPort)
                }
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

    /// Removes the addresses that have not been announced for too long.
    mutating func expire(at now: MonotonicInstant) -> [SCTPAddress] {
        guard let deadline, deadline <= now else { return [] }
        let limit = announcementValidity
        let ended = entries.filter { $0.heard.map { $0 + limit <= now } ?? false }.map(\.address)
        entries.removeAll { $0.heard.map { $0 + limit <= now } ?? false }
        if !ended.isEmpty { fulfils("asap-3.6-R7") }
        return ended
    }
}
