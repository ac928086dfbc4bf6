import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.4: keep-alives; §3.5: elements that users report, or that a keep-alive does not reach.
extension RegistrarEngine {
    /// Sends a keep-alive to an element at once, unless one is under way. The H flag is 0 for an element that has this registrar for
    /// its home or is to keep the one it has, 1 for one that is claimed (RFC 5353 §3.5.2).
    mutating func check(_ location: ElementLocation, at now: MonotonicInstant) {
        if case .awaiting = handlespace[location].check {
            fulfils("enrp-6.1-R1")
            fulfils("threats-2.14.3-R1")
            fulfils("asap-9.2-R21")
            return
        }
        guard let association = reach(location) else { return unreachable(location, .keepAliveUndeliverable) }
        let pool = handlespace.handle(of: location)
        handlespace[location].check = .awaiting(now + configuration.keepAliveTimeout)
        watch(location)
        let claimsHome = handlespace[location].isClaimed && !hasFault(.takeoverWithoutHomeFlag)
        if claimsHome {
            fulfils("enrp-3.5.2-R5")
            handlespace[location].claimed = now
        }
        send(
            .endpointKeepAlive(ASAPMessage.EndpointKeepAlive(claimsHome: claimsHome, server: identifier, pool: pool)),
            to: association)
        tell(.keepAliveSent(pool, handlespace.parameter(at: location).identifier))
    }

    /// Sets an element's deadline to what it waits for next.
    mutating func watch(_ location: ElementLocation) {
        let deadline = handlespace[location].nextDeadline
        if let token = handlespace[location].deadline {
            deadlines.move(token, to: deadline)
        } else {
            handlespace[location].deadline = deadlines.add(location, at: deadline)
        }
    }

    /// Leaves an element to its home: it has no deadline and no association here.
    mutating func unwatch(_ location: ElementLocation) {
        if let token = handlespace[location].deadline { deadlines.remove(token) }
        handlespace[location].deadline = nil
        handlespace[location].check = .none
        handlespace[location].expiry = .distantFuture
        handlespace[location].isClaimed = false
        let association = handlespace[location].association
        delist(location)
        if let association { releaseAssociation(association) }
    }

    /// A keep-alive came to nothing. An element is removed for it (§3.5), but one of a peer's that this registrar wanted for itself
    /// stays with the peer.
    mutating func unreachable(_ location: ElementLocation, _ reason: ElementRemoval) {
        if handlespace[location].isClaimed, handlespace.home(of: location) != identifier {
            unwatch(location)
        } else {
            fulfils("asap-3.5-R8")
            fulfils("asap-3.5-R13")
            fulfils("requirements-2.2-R1")
            remove(location, reason)
        }
    }

    mutating func acknowledge(
        _ acknowledgement: ASAPMessage.EndpointKeepAliveAcknowledgement, from association: AssociationIdentifier,
        at now: MonotonicInstant
    ) {
        guard admits(\.notices, configuration.limits.maximumAcknowledgementsPerSecond, association, at: now) else { return }
        guard let location = handlespace.location(of: acknowledgement.identifier, in: acknowledgement.pool),
            handlespace[location].association == association
        else { return discard(.unknownElement(acknowledgement.pool, acknowledgement.identifier), from: association) }
        guard case .awaiting = handlespace[location].check else { return }
        fulfils("asap-3.5-R9")
        tell(.keepAliveAcknowledged(acknowledgement.pool, acknowledgement.identifier))
        if handlespace[location].isClaimed {
            adopt(location, at: now)
        } else if handlespace.home(of: location) != identifier {
            return unwatch(location)
        }
        scheduleCheck(of: location, at: now)
    }

    /// §3.5: a user could not reach an element. It is asked at once, and removed where more have reported it since it last
    /// registered than MAX-BAD-PE-REPORT, whatever it answers.
    mutating func take(
        _ report: ASAPMessage.EndpointUnreachable, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard admits(\.reports, configuration.limits.maximumReportsPerSecond, association, at: now) else { return }
        guard let location = handlespace.location(of: report.identifier, in: report.pool) else {
            return discard(.unknownElement(report.pool, report.identifier), from: association)
        }
        fulfils("asap-3.5-R10")
        handlespace[location].reports += 1
        let reports = Int(handlespace[location].reports)
        tell(.elementReportedUnreachable(report.pool, report.identifier, reports: reports, association))
        if reports > configuration.maximumBadReports {
            fulfils("asap-3.5-R11")
            remove(location, .reportedUnreachable)
        } else {
            fulfils("asap-3.5-R6")
            fulfils("asap-3.5-R7")
            check(location, at: now)
        }
    }

    // MARK: Timers

    mutating func actOnDeadlines(at now: MonotonicInstant) {
        actOnPeerTimers(at: now)
        while let location = deadlines.firstDue(at: now) {
            if handlespace[location].expiry <= now {
                expire(location)
                continue
            }
            switch handlespace[location].check {
            case .due:
                fulfils("asap-3.5-R12")
                check(location, at: now)
            case .awaiting: unreachable(location, .keepAliveTimeout)
            case .none: unwatch(location)
            }
        }
    }

    /// The time of the next keep-alive: the interval varied by up to 50 % either way, so that the elements' keep-alives spread
    /// (§3.5).
    mutating func nextCheck(after now: MonotonicInstant) -> MonotonicInstant {
        fulfils("asap-3.5-R14")
        fulfils("asap-3.5-R15")
        let interval = configuration.keepAliveInterval.wholeNanoseconds
        return now + .nanoseconds(interval / 2 + Int64.random(in: 0...interval, using: &randomness))
    }

    /// The element lives: its next keep-alive is a whole interval away.
    mutating func scheduleCheck(of location: ElementLocation, at now: MonotonicInstant) {
        handlespace[location].check = .due(nextCheck(after: now))
        watch(location)
    }
}
