import ENRP
import Logging
import RSerPoolParameters
import SCTPTransport

extension EventReport {
    /// What happened in a registrar.
    init(_ event: RegistrarEvent) {
        switch event {
        case .associationUp(let association, let address):
            self.init(
                "association-up", .debug, "association \(association) with \(address.map(\.description) ?? "a peer") is up")
        case .associationEnded(let association):
            self.init("association-ended", .debug, "association \(association) ended")
        case .associationRefused(let association):
            self.init(
                "association-refused", .warning,
                "association \(association) was refused: this registrar does not serve yet, or has as many as it may have")

        case .poolCreated(let pool, let policy):
            self.init(
                "pool-created", .debug, "pool \(pool) begins, under \(PolicyText.name(policy))",
                ["pool": "\(pool)", "policy": PolicyText.name(policy)])
        case .poolRemoved(let pool):
            self.init("pool-removed", .debug, "pool \(pool) ends with its last element", ["pool": "\(pool)"])
        case .elementRegistered(let pool, let element, let policy):
            self.init(
                "registered", .info, "registered element \(element) in \(pool): \(PolicyText.description(policy))",
                Self.fields(pool, element).merging(["policy": PolicyText.description(policy)]) { $1 })
        case .elementRenewed(let pool, let element, let policy):
            self.init(
                "renewed", .debug, "element \(element) of \(pool) registered again: \(PolicyText.description(policy))",
                Self.fields(pool, element).merging(["policy": PolicyText.description(policy)]) { $1 })
        case .elementRemoved(let pool, let element, .deregistered):
            self.init("deregistered", .info, "deregistered element \(element) from \(pool)", Self.fields(pool, element))
        case .elementRemoved(let pool, let element, let removal):
            self.init(
                "removed", .notice, "removed element \(element) from \(pool): \(Self.reason(removal))",
                Self.fields(pool, element).merging(["reason": Self.reason(removal)]) { $1 })
        case .registrationRejected(let pool, let element, let causes, _):
            self.init(
                "registration-rejected", .warning, "rejected element \(element) for \(pool): \(Self.list(causes))",
                Self.fields(pool, element))
        case .deregistrationRejected(let pool, let element, let causes, _):
            self.init(
                "deregistration-rejected", .warning, "did not let element \(element) leave \(pool): \(Self.list(causes))",
                Self.fields(pool, element))
        case .unknownElementDeregistered(let pool, let element, _):
            self.init(
                "deregistration-unknown", .debug, "element \(element) left \(pool), in which it was not",
                Self.fields(pool, element))

        case .handleResolved(let pool, let elements, _):
            self.init(
                "resolved", .debug, "resolved \(pool) to \(elements) elements", ["pool": "\(pool)", "elements": "\(elements)"])
        case .unknownHandleRequested(let pool, _):
            self.init("unknown-pool", .debug, "was asked for \(pool), which has no element", ["pool": "\(pool)"])

        case .updatesPromised(let pool, _):
            self.init("updates-promised", .debug, "will tell a user of the changes of \(pool)", ["pool": "\(pool)"])
        case .updatesRefused(let pool, _):
            self.init(
                "updates-refused", .notice, "cannot tell one more user of the changes of \(pool)", ["pool": "\(pool)"])
        case .poolUpdateSent(let pool, let subscribers):
            self.init(
                "updates-sent", .debug, "told \(subscribers) users of the changes of \(pool)",
                ["pool": "\(pool)", "users": "\(subscribers)"])

        case .keepAliveSent(let pool, let element):
            self.init(
                "keep-alive-sent", .debug, "asked element \(element) of \(pool) for a sign of life", Self.fields(pool, element))
        case .keepAliveAcknowledged(let pool, let element):
            self.init("keep-alive-acknowledged", .debug, "element \(element) of \(pool) is alive", Self.fields(pool, element))
        case .elementReportedUnreachable(let pool, let element, let reports, _):
            self.init(
                "reported-unreachable", .info,
                "a user reports element \(element) of \(pool) as unreachable (report \(reports))",
                Self.fields(pool, element).merging(["reports": "\(reports)"]) { $1 })

        case .announcementFailed(let channel, let why):
            self.init(
                "announcement-failed", .warning,
                "cannot announce itself to \(channel == .enrp ? "other registrars" : "elements and users"): \(why)")

        case .messageDiscarded(let reason, let association):
            self.init("message-discarded", .debug, "threw a message of association \(association) away: \(Self.reason(reason))")
        case .peer(let event): self.init(event)
        }
    }

    static func fields(_ pool: PoolHandle, _ element: PoolElementIdentifier) -> [String: String] {
        ["pool": "\(pool)", "element": "\(element)"]
    }

    static func list(_ causes: [ErrorCause]) -> String {
        causes.isEmpty ? "no cause given" : causes.map(\.description).joined(separator: "; ")
    }

    private static func reason(_ removal: ElementRemoval) -> String {
        switch removal {
        case .deregistered: "it deregistered"
        case .expired: "its registration expired"
        case .keepAliveTimeout: "it gave no sign of life"
        case .keepAliveUndeliverable: "it could not be asked for a sign of life"
        case .associationLost(let end): "its association broke (\(Self.reason(end)))"
        case .reportedUnreachable: "users reported it as unreachable"
        }
    }

    private static func reason(_ reason: DiscardReason) -> String {
        switch reason {
        case .unknownAssociation: "the association has ended"
        case .payloadProtocol(let identifier): "its payload protocol is \(identifier), not ASAP's"
        case .malformed(let error): "\(error)"
        case .notForRegistrars(let type): "type \(type) is not for registrars"
        case .unknownElement(let pool, let element): "it names element \(element) of \(pool), which is not registered there"
        case .rateLimit: "there were too many of its kind within a second"
        case .errorReported(let causes): "it reports an error: \(list(causes))"
        case .stranger(let offence): text(offence)
        }
    }

    /// Why an association ended, as part of a sentence.
    static func reason(_ end: AssociationEnd) -> String {
        switch end {
        case .unreachable: "the peer does not answer"
        case .abortedByPeer: "the peer aborted it"
        case .abortedLocally: "aborted here"
        case .other(let number): "reason \(number) of the SCTP stack"
        }
    }
}
