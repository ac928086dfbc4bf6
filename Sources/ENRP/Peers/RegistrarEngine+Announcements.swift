import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// Announcements by multicast: RFC 5352 §3.6 to elements and users, RFC 5353 §3.1 to peers.
extension RegistrarEngine {
    /// Takes a datagram of another registrar's.
    mutating func take(_ announcement: Announcement, at now: MonotonicInstant) {
        guard announcements.admits(configuration.peers.limits.maximumAnnouncementsPerSecond, at: now) else {
            fulfils("enrp-6.2-R23")
            return discardAnnouncement(.flood)
        }
        let bytes = unsafe announcement.bytes.span.bytes
        if announcement.channel == .enrp {
            take(announced: bytes, from: announcement.source, at: now)
        } else {
            takeServerAnnounce(bytes, at: now)
        }
    }

    /// RFC 5352 §3.6: how many registrars there are decides how often each announces itself.
    private mutating func takeServerAnnounce(_ bytes: RawSpan, at now: MonotonicInstant) {
        guard configuration.peers.announcesToClients else { return }
        guard let decoded = try? ASAPMessage.decode(bytes, limits: wireLimits) else {
            return discardAnnouncement(.malformedMessage)
        }
        guard case .serverAnnounce(let announce) = decoded.message, announce.server != identifier else { return }
        fulfils("asap-4-R11")
        let validity = now + configuration.peers.announcementValidity * (announcers.count + 2)
        if let index = announcers.firstIndex(where: { $0.registrar == announce.server }) {
            announcers[index].validity = validity
        } else if announcers.count < configuration.peers.limits.maximumPeers {
            announcers.append((announce.server, validity))
        }
    }

    /// Counts an announcement that is thrown away, and tells of each cause once: anybody can send one under any address, so nobody
    /// can be named for it.
    mutating func discardAnnouncement(_ cause: PeerOffence) {
        if announcementOffences.count(cause) { tell(.announcementsDiscarded(cause)) }
    }

    /// ASAP_SERVER_ANNOUNCE, every (N + 1) × T6-Serverannounce, N being the other registrars heard (RFC 5352 §3.6). The RFC has all of
    /// them make one announcement a T6; it begins when the registrar serves.
    mutating func announceServer(at now: MonotonicInstant) {
        announcers.removeAll { $0.validity <= now }
        fulfils("asap-3.6-R2")
        let pause = configuration.peers.serverAnnounceTime * (announcers.count + 1)
        if !hasFault(.announceTimerNotRestarted) || !isServing { timers.start(.serverAnnounce, at: now + pause) }
        guard isServing else { return }
        fulfils("asap-3.6-R3")
        let message = ASAPMessage.serverAnnounce(
            ASAPMessage.ServerAnnounce(
                server: identifier, transports: addresses.asap, encapsulationPort: addresses.asapEncapsulationPort))
        guard let bytes = try? message.encoded() else { return }
        outputs.append(.announcement(OutgoingAnnouncement(channel: .main, bytes: bytes)))
    }
}
