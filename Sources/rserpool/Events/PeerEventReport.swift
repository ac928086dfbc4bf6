import ENRP
import Logging
import RSerPoolParameters
import SCTPTransport

extension EventReport {
    /// What happened between a registrar and its peers.
    init(_ event: PeerEvent) {
        switch event {
        case .mentorChosen(let mentor, let addresses):
            self.init("mentor-chosen", .info, "asks \(Self.name(mentor, addresses)) for its handlespace")
        case .mentorFailed(let mentor, let addresses, let failure):
            self.init("mentor-failed", .notice, "\(Self.name(mentor, addresses)) is no mentor: \(Self.reason(failure))")
        case .serviceBegun(let mentor?, let elements):
            self.init(
                "service-begun", .notice, "serves, with \(elements) elements by mentor \(mentor)",
                ["mentor": "\(mentor)", "elements": "\(elements)"])
        case .serviceBegun(nil, _):
            self.init("service-begun", .notice, "serves; no other registrar is there", ["elements": "0"])
        case .identifierChanged(let old, let new):
            self.init("identifier-changed", .notice, "is \(new) from now on: another registrar is \(old) already")
        case .identifierShared(let identifier):
            self.init(
                "identifier-shared", .warning,
                "another registrar has the identifier \(identifier) too; one of the two will draw another")

        case .found(let peer, let address):
            self.init(
                "peer-found", .notice, "found registrar \(peer)\(address.map { " at \($0)" } ?? "")", Self.fields(peer))
        case .recovered(let peer):
            self.init("peer-recovered", .notice, "hears registrar \(peer) again", Self.fields(peer))
        case .suspected(let peer):
            self.init("peer-suspected", .notice, "asks registrar \(peer) for a sign of life", Self.fields(peer))
        case .lost(let peer):
            self.init("peer-lost", .warning, "lost registrar \(peer)", Self.fields(peer))
        case .forgotten(let peer):
            self.init("peer-forgotten", .info, "could not reach registrar \(peer), of which it was told", Self.fields(peer))

        case .takeoverBegun(let target):
            self.init("takeover-begun", .notice, "wants to take over registrar \(target)", Self.fields(target))
        case .takeoverYielded(let target, let winner):
            self.init(
                "takeover-yielded", .notice, "leaves registrar \(target) to \(winner)",
                Self.fields(target).merging(["winner": "\(winner)"]) { $1 })
        case .takeoverStopped(let target):
            self.init("takeover-stopped", .notice, "does not take over registrar \(target), which lives", Self.fields(target))
        case .takeoverWon(let target, let elements, let unheard):
            let rest = unheard.isEmpty ? "" : "; \(unheard.map(\.description).joined(separator: ", ")) did not acknowledge"
            self.init(
                "takeover-won", .notice, "took over registrar \(target) with \(elements) elements\(rest)",
                Self.fields(target).merging(["elements": "\(elements)"]) { $1 })
        case .takenOver(let target, let winner, let elements):
            self.init(
                "taken-over", .notice, "registrar \(target) was taken over by \(winner), with \(elements) elements",
                Self.fields(target).merging(["winner": "\(winner)", "elements": "\(elements)"]) { $1 })
        case .takeoverOfSelf(let initiator):
            self.init(
                "takeover-of-self", .warning, "registrar \(initiator) takes this one for dead; it was told better",
                Self.fields(initiator))
        case .elementAdopted(let pool, let element):
            self.init(
                "adopted", .info, "element \(element) of \(pool) has this registrar for its home", Self.fields(pool, element))

        case .elementAdded(let pool, let element, let home):
            self.init(
                "peer-registered", .info, "registrar \(home) registered element \(element) in \(pool)",
                Self.fields(pool, element).merging(["home": "\(home)"]) { $1 })
        case .elementRemoved(let pool, let element, let home):
            self.init(
                "peer-removed", .info, "registrar \(home) removed element \(element) from \(pool)",
                Self.fields(pool, element).merging(["home": "\(home)"]) { $1 })
        case .elementReleased(let pool, let element, let home):
            self.init(
                "released", .info, "element \(element) of \(pool) has moved to registrar \(home)",
                Self.fields(pool, element).merging(["home": "\(home)"]) { $1 })

        case .checksumMismatch(let peer, let told, let own):
            self.init(
                "checksum-mismatch", .notice, "registrar \(peer) has the checksum \(told), not \(own) as here",
                Self.fields(peer).merging(["told": "\(told)", "own": "\(own)"]) { $1 })
        case .resynchronisationBegun(let peer):
            self.init("resynchronisation-begun", .info, "asks registrar \(peer) for its elements", Self.fields(peer))
        case .resynchronised(let peer, let elements, let removed):
            self.init(
                "resynchronised", .notice,
                "has \(elements) elements anew from registrar \(peer), and removed \(removed) that it has not",
                Self.fields(peer).merging(["elements": "\(elements)", "removed": "\(removed)"]) { $1 })
        case .resynchronisationFailed(let peer, let failure):
            self.init(
                "resynchronisation-failed", .warning, "did not get the elements of registrar \(peer): \(Self.reason(failure))",
                Self.fields(peer))
        case .inStep(let peer):
            self.init("in-step", .info, "agrees with registrar \(peer) on its elements", Self.fields(peer))

        case .announcementsDiscarded(let cause):
            self.init(
                "announcements-discarded", .warning,
                "throws announcements away: \(cause == .flood ? "there are too many" : "they are none"); further ones are only counted",
                ["cause": "\(cause)"])

        case .offence(let offence, let peer):
            self.init(
                "peer-offence", .warning, "registrar \(peer) misbehaves: \(Self.text(offence)); further ones are only counted",
                Self.fields(peer).merging(["offence": "\(offence)"]) { $1 })
        }
    }

    private static func fields(_ peer: RegistrarIdentifier) -> [String: String] { ["peer": "\(peer)"] }

    private static func name(_ peer: RegistrarIdentifier?, _ addresses: [SCTPAddress]) -> String {
        peer.map { "registrar \($0)" } ?? addresses.first.map { "the registrar at \($0)" } ?? "a registrar"
    }

    private static func reason(_ failure: MentorFailure) -> String {
        switch failure {
        case .noResponse: "it does not answer"
        case .rejected: "it is not ready"
        case .unreachable: "it cannot be reached"
        case .endless: "its handle table has no end"
        }
    }

    static func text(_ offence: PeerOffence) -> String {
        switch offence {
        case .malformedMessage: "it sends what is no message of ENRP"
        case .wrongReceiver: "it sends messages that are for another registrar"
        case .flood: "it sends too many messages"
        case .unsolicitedResponse: "it answers what was not asked"
        case .foreignElement: "it tells of elements that are not its own"
        case .refusedElement: "it has elements that are too large or too many"
        case .endlessTable: "its handle table has no end"
        case .persistentMismatch: "its checksum does not fit its elements"
        case .takeoverOfTheLiving: "it takes over registrars that live"
        case .errorReported: "it does not understand a message"
        }
    }
}
