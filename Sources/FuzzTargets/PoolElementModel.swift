import ASAP
import RSerPoolParameters
import SCTPTransport

/// What a pool element's program knows: whether it is in its pool, and its sessions.
struct PoolElementModel {
    enum Membership: Equatable {
        case none
        /// It wants to be in the pool; the identifier once the registrar granted one.
        case wanted(PoolHandle, PoolElementIdentifier?)
        /// It wants out by then.
        case leaving(MonotonicInstant)
    }

    private(set) var membership = Membership.none
    /// Sessions that have begun and not ended, the oldest first.
    private(set) var sessions: [AssociationIdentifier] = []

    // MARK: The program's calls

    mutating func registers(in pool: PoolHandle) {
        if membership == .none { membership = .wanted(pool, nil) }
    }

    mutating func deregisters(by limit: MonotonicInstant) {
        if case .leaving = membership { return }
        membership = .leaving(limit)
    }

    // MARK: What the engine does

    mutating func take(_ event: PoolElementEvent) throws(Fault) {
        switch event {
        case .registered(let identifier, let isRenewal, _):
            guard case .wanted(let pool, let known) = membership else {
                throw Fault("a registration is granted that nobody wants: \(membership)")
            }
            try require(!isRenewal || known == identifier, "the identifier changes from \(String(describing: known))")
            membership = .wanted(pool, identifier)
        case .identifierTaken:
            if case .wanted(let pool, _) = membership { membership = .wanted(pool, nil) }
        case .registrationFailed:
            guard case .wanted = membership else { throw Fault("a registration fails that nobody wants: \(membership)") }
            membership = .none
        case .deregistered, .deregistrationFailed:
            guard case .leaving = membership else { throw Fault("a deregistration ends that nobody wants: \(membership)") }
            membership = .none
        default: break
        }
    }

    mutating func take(_ occurrence: PoolElementSessionOccurrence, in association: AssociationIdentifier) throws(Fault) {
        let isKnown = sessions.contains(association)
        switch occurrence {
        case .began:
            try require(!isKnown, "session \(association) begins again")
            sessions.append(association)
        case .ended:
            try require(isKnown, "session \(association) ends, and has not begun")
            sessions.removeAll { $0 == association }
        default:
            try require(isKnown, "\(occurrence) in session \(association), which has not begun or is over")
        }
    }

    /// What must hold whenever the engine has done all that an input led to.
    func check(deadline: MonotonicInstant?, at now: MonotonicInstant) throws(Fault) {
        switch membership {
        case .none: break
        case .wanted: try require(deadline != nil, "the element wants to be in its pool, and waits for nothing")
        case .leaving(let limit):
            guard let deadline else { throw Fault("the element wants out of its pool, and waits for nothing") }
            try require(deadline <= max(limit, now), "the element wants out by \(limit), and its next timer is at \(deadline)")
        }
    }
}
