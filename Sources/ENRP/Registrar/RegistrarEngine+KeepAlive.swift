import ASAP
import RSerPoolParameters
import SCTPTransport

// RFC 5352 §3.4: keep-alives; §3.5: elements that users report, or that a keep-alive does not reach.
extension RegistrarEngine {
    /// Sends a keep-alive to an element at once, unless one is under way. The H flag is 0: the element is this registrar's.
    mutating func check(_ location: ElementLocation, at now: MonotonicInstant) {
        guard case .due = handlespace[location].check else { return }
        let pool = handlespace.handle(of: location)
        handlespace[location].check = .awaiting(now + configuration.keepAliveTimeout)
        deadlines.move(handlespace[location].deadline, to: handlespace[location].nextDeadline)
        send(
            .endpointKeepAlive(ASAPMessage.EndpointKeepAlive(server: identifier, pool: pool)),
            to: handlespace[location].association)
        tell(.keepAliveSent(pool, handlespace.parameter(at: location).identifier))
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
        scheduleCheck(of: location, at: now)
        tell(.keepAliveAcknowledged(acknowledgement.pool, acknowledgement.identifier))
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
        handlespace[location].reports += 1
        let reports = Int(handlespace[location].reports)
        tell(.elementReportedUnreachable(report.pool, report.identifier, reports: reports, association))
        if reports > configuration.maximumBadReports {
            remove(location, .reportedUnreachable)
        } else {
            check(location, at: now)
        }
    }

    // MARK: Timers

    mutating func actOnDeadlines(at now: MonotonicInstant) {
        while let location = deadlines.firstDue(at: now) {
            if handlespace[location].expiry <= now {
                expire(location)
                continue
            }
            switch handlespace[location].check {
            case .due: check(location, at: now)
            case .awaiting: remove(location, .keepAliveTimeout)
            }
        }
    }

    /// The time of the next keep-alive: the interval varied by up to 50 % either way, so that the elements' keep-alives spread
    /// (§3.5).
    mutating func nextCheck(after now: MonotonicInstant) -> MonotonicInstant {
        let interval = configuration.keepAliveInterval.wholeNanoseconds
        return now + .nanoseconds(interval / 2 + Int64.random(in: 0...interval, using: &randomness))
    }

    /// The element lives: its next keep-alive is a whole interval away.
    mutating func scheduleCheck(of location: ElementLocation, at now: MonotonicInstant) {
        handlespace[location].check = .due(nextCheck(after: now))
        deadlines.move(handlespace[location].deadline, to: handlespace[location].nextDeadline)
    }
}
