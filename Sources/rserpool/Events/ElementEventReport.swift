import ASAP
import Logging
import RSerPoolParameters
import SCTPTransport

extension EventReport {
    /// What happened in a pool element.
    init(_ event: PoolElementEvent, pool: PoolHandle) {
        switch event {
        case .registrarSearchStarted(let addresses):
            self.init("registrar-search", .debug, "looks for a registrar at \(Self.list(addresses))")
        case .registrarSearchContinues:
            self.init("registrar-search-continues", .notice, "no registrar answers yet; goes on looking")
        case .registrarsAnnounced(let addresses):
            self.init("registrars-announced", .debug, "hears of registrars at \(Self.list(addresses))")
        case .registrarsOutdated(let addresses):
            self.init("registrars-outdated", .debug, "hears no more of registrars at \(Self.list(addresses))")
        case .invalidAnnouncement(let error, let source):
            self.init("invalid-announcement", .warning, "cannot understand an announcement from \(source): \(error)")
        case .registrarFound(let address):
            self.init("registrar-found", .debug, "has found a registrar at \(address)", ["registrar": "\(address)"])
        case .registrarLost(let address, let loss):
            self.init(
                "registrar-lost", .notice, "has lost its registrar at \(address): \(Self.reason(loss))",
                ["registrar": "\(address)"])
        case .registrarAdopted(let identifier, let address):
            self.init(
                "registrar-adopted", .notice,
                "registrar \(identifier) at \(address) has taken the element over", ["registrar": "\(identifier)"])

        case .registrationSent(let attempt):
            self.init("registering", .debug, "registers in \(pool), attempt \(attempt)", ["pool": "\(pool)"])
        case .registered(let element, let isRenewal, let warnings):
            let remark = warnings.isEmpty ? "" : "; the registrar remarks: \(Self.list(warnings))"
            self.init(
                isRenewal ? "renewed" : "registered", isRenewal ? .debug : .info,
                (isRenewal ? "is registered again in \(pool)" : "is in \(pool) as element \(element)") + remark,
                Self.fields(pool, element))
        case .updateRejected(let causes):
            self.init(
                "update-rejected", .warning, "the registrar refuses the new values: \(Self.list(causes)); the old ones hold")
        case .identifierTaken(let element):
            self.init(
                "identifier-taken", .notice, "identifier \(element) is taken; tries another one", Self.fields(pool, element))
        case .registrationExpired:
            self.init("registration-expired", .notice, "the registrar let the registration expire; registers again")
        case .registrationFailed(let failure):
            self.init("registration-failed", .error, "could not register in \(pool). \(failure)", ["pool": "\(pool)"])
        case .deregistered:
            self.init("deregistered", .info, "is out of \(pool)", ["pool": "\(pool)"])
        case .deregistrationFailed(let failure):
            self.init(
                "deregistration-failed", .warning, "does not know whether it is out of \(pool). \(failure)", ["pool": "\(pool)"]
            )

        case .unreachableReported(let pool, let element):
            self.init(
                "unreachable-reported", .debug, "tells the registrar that element \(element) is unreachable",
                Self.fields(pool, element))
        case .keepAliveAnswered(let registrar):
            self.init("keep-alive-answered", .debug, "told registrar \(registrar) that it is alive")
        case .invalidMessage(let error, let association):
            self.init("invalid-message", .warning, "cannot understand a message of association \(association): \(error)")
        case .unexpectedMessage(let type, let association):
            self.init("unexpected-message", .warning, "has no use for a message of type \(type) of association \(association)")
        case .errorReceived(let causes, let association):
            self.init("error-received", .warning, "association \(association) reports an error: \(Self.list(causes))")

        case .sessionBegan(let association, let addresses):
            self.init(
                "session-began", .info, "a user's session begins, from \(Self.list(addresses))",
                ["association": "\(association)"])
        case .businessCardReceived(let association, let pool, let elements):
            self.init(
                "business-card", .debug,
                "the user is of \(pool) and recommends \(elements.map(\.description).joined(separator: ", "))",
                ["association": "\(association)", "pool": "\(pool)"])
        case .sessionEnded(let association, let end):
            self.init(
                "session-ended", .info, "a user's session has ended: \(Self.reason(end))", ["association": "\(association)"])
        case .sessionClosureFailed(let association, let error):
            self.init(
                "session-failed", .notice, "a user's session was given up: \(error)", ["association": "\(association)"])
        case .sessionRefused(let association):
            self.init(
                "session-refused", .warning, "turned a user away: there are as many sessions as there may be",
                ["association": "\(association)"])
        }
    }

    static func list(_ addresses: [SCTPAddress]) -> String {
        addresses.map(\.description).joined(separator: ", ")
    }

    static func reason(_ loss: RegistrarLoss) -> String {
        switch loss {
        case .noAnswer: "it did not answer in time"
        case .sendFailed: "a message to it could not be delivered"
        case .associationLost(let end): reason(end)
        case .closed: "it closed the association"
        }
    }

    static func reason(_ end: SessionEnd) -> String {
        switch end {
        case .closedByPeer: "the peer closed it"
        case .lost(let end): reason(end)
        case .closedLocally: "closed here"
        }
    }
}
