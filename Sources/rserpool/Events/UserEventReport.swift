import ASAP
import Logging
import RSerPoolParameters
import SCTPTransport

extension EventReport {
    /// What happened in a pool user.
    init(_ event: PoolUserEvent) {
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

        case .resolutionSent(let pool, let attempt):
            self.init("resolving", .debug, "asks for the elements of \(pool), attempt \(attempt)", ["pool": "\(pool)"])
        case .resolved(let pool, let elements):
            self.init(
                "resolved", .debug, "\(pool) has \(elements.map(\.description).joined(separator: ", "))",
                ["pool": "\(pool)", "elements": "\(elements.count)"])
        case .resolutionFailed(let pool, let failure):
            self.init("resolution-failed", .debug, "\(failure)", ["pool": "\(pool)"])
        case .unreachableReported(let pool, let element):
            self.init(
                "unreachable-reported", .debug, "tells the registrar that element \(element) is unreachable",
                Self.fields(pool, element))

        case .sessionConnected(_, let pool, let element, let addresses, let isFailover):
            self.init(
                "connected", .info,
                (isFailover ? "goes over to element \(element)" : "is connected to element \(element)")
                    + " at \(addresses.first.map(\.description) ?? "no address")",
                Self.fields(pool, element).merging(["failover": "\(isFailover)"]) { $1 })
        case .elementLost(_, let pool, let element, let loss):
            self.init(
                "element-failed", .notice, "element \(element) has failed: \(Self.reason(loss))",
                Self.fields(pool, element).merging(["reason": Self.reason(loss)]) { $1 })
        case .cookieStored(_, let size):
            self.init("cookie-stored", .debug, "keeps a cookie of \(size) bytes", ["bytes": "\(size)"])
        case .cookieEchoed(_, let element, let size):
            self.init(
                "cookie-sent", .info, "hands its cookie (\(size) bytes) to element \(element)",
                ["element": "\(element)", "bytes": "\(size)"])
        case .businessCardReceived(_, let elements):
            self.init(
                "business-card", .debug, "the element recommends \(elements.map(\.description).joined(separator: ", "))")
        case .messagesResent(_, let count):
            self.init("messages-resent", .info, "sends \(count) messages again", ["messages": "\(count)"])
        case .sessionEnded(_, let failure):
            self.init(
                "session-ended", failure == nil ? .debug : .error,
                failure.map { "the session has ended. \($0)" } ?? "the session is closed")

        case .invalidMessage(let error, let association):
            self.init("invalid-message", .warning, "cannot understand a message of association \(association): \(error)")
        case .unexpectedMessage(let type, let association):
            // Who sends to a whole pool has no session to which a cookie or a business card could belong.
            let isIdle = type == .cookie || type == .businessCard
            self.init(
                "unexpected-message", isIdle ? .debug : .warning,
                "has no use for a message of type \(type) of association \(association)")
        case .errorReceived(let causes, let association):
            self.init("error-received", .warning, "association \(association) reports an error: \(Self.list(causes))")
        }
    }

    static func reason(_ loss: ElementLoss) -> String {
        switch loss {
        case .unreachable(let end): "it cannot be reached (\(reason(end)))"
        case .lost(let end): reason(end)
        case .closed: "it closed the association"
        case .restarted: "its process started anew"
        case .reportedByProgram: "the program gave it up"
        }
    }
}
