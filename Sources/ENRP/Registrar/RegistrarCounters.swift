/// What is counted in a registrar: a view of its events.
public enum RegistrarCounter: Int, CaseIterable, Hashable, Sendable {
    /// Associations that came up, and those that were aborted because there were as many as there may be.
    case associations, associationsRefused
    /// Elements that were new in their pools, that registered again, and that were rejected (RFC 5352 §3.1).
    case registrations, renewals, registrationsRejected
    /// Elements that left (RFC 5352 §3.2), and those that were not let go.
    case deregistrations, deregistrationsRejected
    /// Elements whose registration's life ended.
    case expirations
    /// Elements removed because they gave no sign of life, their association broke or users could not reach them.
    case failures
    /// Handles resolved, and handles asked for that no pool has (RFC 5352 §3.3).
    case resolutions, unknownHandles
    /// Messages about a pool's changes to the users that follow it, one for each user (RFC 5352 §2.2.6).
    case poolUpdates
    /// Keep-alives sent and answered (RFC 5352 §3.4).
    case keepAlives, keepAlivesAcknowledged
    /// Reports of users that an element cannot be reached (RFC 5352 §3.5).
    case unreachableReports
    /// Messages thrown away.
    case messagesDiscarded
    /// Peers taken over (RFC 5353 §3.5), and their elements adopted by this registrar.
    case takeovers, adoptions
    /// A peer's elements fetched anew because a checksum differed (RFC 5353 §3.6).
    case resynchronisations

    /// Its name in status views, as `registrationsRejected`.
    public var name: String { String(describing: self) }
}

/// How often each ``RegistrarCounter`` was counted since the registrar was started.
public struct RegistrarCounters: Hashable, Sendable {
    private var counts = [UInt64](repeating: 0, count: RegistrarCounter.allCases.count)

    /// Nothing counted yet.
    public init() {}

    /// How often something has happened.
    public subscript(_ counter: RegistrarCounter) -> UInt64 {
        counts[counter.rawValue]
    }

    /// Counts what an event tells.
    public mutating func count(_ event: RegistrarEvent) {
        switch event {
        case .associationUp: add(.associations)
        case .associationRefused: add(.associationsRefused)
        case .elementRegistered: add(.registrations)
        case .elementRenewed: add(.renewals)
        case .registrationRejected: add(.registrationsRejected)
        case .elementRemoved(_, _, .deregistered): add(.deregistrations)
        case .elementRemoved(_, _, .expired): add(.expirations)
        case .elementRemoved: add(.failures)
        case .deregistrationRejected: add(.deregistrationsRejected)
        case .handleResolved: add(.resolutions)
        case .unknownHandleRequested: add(.unknownHandles)
        case .poolUpdateSent(_, let subscribers): add(.poolUpdates, UInt64(subscribers))
        case .keepAliveSent: add(.keepAlives)
        case .keepAliveAcknowledged: add(.keepAlivesAcknowledged)
        case .elementReportedUnreachable: add(.unreachableReports)
        case .messageDiscarded: add(.messagesDiscarded)
        case .peer(.takeoverWon): add(.takeovers)
        case .peer(.elementAdopted): add(.adoptions)
        case .peer(.resynchronised): add(.resynchronisations)
        case .associationEnded, .poolCreated, .poolRemoved, .unknownElementDeregistered, .updatesPromised, .updatesRefused,
            .announcementFailed, .peer:
            break
        }
    }

    private mutating func add(_ counter: RegistrarCounter, _ count: UInt64 = 1) {
        counts[counter.rawValue] += count
    }
}
