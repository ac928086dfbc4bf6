import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.2: deregistration, and the end of a registration's life.
extension PoolElementEngine {
    mutating func deregister(within limit: Duration, at now: MonotonicInstant) {
        guard goal != .departure else { return }
        timers.stopAll { $0 == .registration || $0 == .reregistration }
        goal = .departure
        (move, fallback) = (nil, nil)
        guard mayBeRegistered else { return finishDeparture(nil) }
        timers.start(.departureLimit, at: now + limit)
        proceed(at: now)
    }

    /// D1 to D4.
    mutating func sendDeregistration(to home: Home, at now: MonotonicInstant) {
        guard let registration else { return }
        fulfils("asap-3.2-R1")
        phase = .deregistering
        fulfils("asap-2.2.2-R1")
        fulfils("asap-3.2-R4")
        fulfils("asap-3.2-R5")
        fulfils("asap-3.2-R6")
        fulfils("asap-3.2-R7")
        send(
            .deregistration(ASAPMessage.Deregistration(pool: registration.pool, identifier: identifier)),
            to: home.association)
        fulfils("asap-3.2-R8")
        timers.start(.deregistration, at: now + configuration.deregistrationTimeout)
    }

    mutating func receive(
        _ response: ASAPMessage.DeregistrationResponse, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard association == home?.association, response.pool == registration?.pool, response.identifier == identifier
        else { return report(.unexpectedMessage(ASAPMessage.DeregistrationResponse.type, from: association)) }
        hunt.answered()
        switch phase {
        case .deregistering where goal == .membership:
            timers.stop(.deregistration)
            mayBeRegistered = false
            proceed(at: now)
        case .deregistering:
            fulfils("asap-3.2-R11")
            fulfils("asap-4-R5")
            finishDeparture(response.causes.isEmpty ? nil : .rejected(response.causes))
        case .registered:
            // Nobody asked: the registration's life has ended. The goal is membership still.
            report(.registrationExpired)
            granted = nil
            proceed(at: now)
        case .idle, .registering:
            report(.unexpectedMessage(ASAPMessage.DeregistrationResponse.type, from: association))
        }
    }

    /// Ends the departure, successful where there is no failure.
    mutating func finishDeparture(_ failure: RegistrationFailure?) {
        goal = .none
        phase = .idle
        mayBeRegistered = false
        timers.stopAll { _ in true }
        perform(hunt.stop())
        endAllQuestions(.noRegistrar(hunt.list))
        // Sessions are left alone.
        fulfils("requirements-2.7-R1")
        fulfils("requirements-2.7-R2")
        releaseHome()
        // Sessions go on: whether they are served is the program's to decide.
        fulfils("asap-3.2-R12")
        if let failure {
            report(.deregistrationFailed(failure))
        } else {
            report(.deregistered)
        }
    }
}
