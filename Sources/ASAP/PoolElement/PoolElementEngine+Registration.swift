import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.1: registration, re-registration and their failures.
extension PoolElementEngine {
    mutating func register(_ registration: PoolElementRegistration, at now: MonotonicInstant) {
        guard goal == .none else { return }
        self.registration = registration
        identifier = registration.identifier ?? drawIdentifier()
        attempts = 0
        granted = nil
        goal = .membership
        proceed(at: now)
    }

    mutating func update(_ policy: PolicyParameter, at now: MonotonicInstant) {
        guard goal == .membership, registration?.policy != policy else { return }
        registration?.policy = policy
        switch phase {
        case .registered:
            fulfils("asap-3.1-R16")
            fulfils("asap-6.5.2-R2")
            proceed(at: now)
        case .registering: isUpdateWaiting = true
        // The next registration carries it.
        case .idle, .deregistering: break
        }
    }

    /// Takes the next step towards the goal: to a home registrar, into the pool or out of it.
    mutating func proceed(at now: MonotonicInstant) {
        guard goal != .none else { return }
        guard let home else {
            fulfils("asap-3.1-R7")
            return search(at: now)
        }
        switch goal {
        case .none: break
        case .membership where move != nil && mayBeRegistered: sendDeregistration(to: home, at: now)
        case .membership:
            adoptMove()
            sendRegistration(to: home, at: now)
        case .departure: sendDeregistration(to: home, at: now)
        }
    }

    /// R1 to R4.
    private mutating func sendRegistration(to home: Home, at now: MonotonicInstant) {
        guard let registration else { return }
        if let most = configuration.maximumRegistrationAttempts, attempts >= most {
            fulfils("asap-3.1-R21")
            return failRegistration(.noAnswer(attempts: attempts))
        }
        fulfils("asap-3.1-R20")
        attempts += 1
        isUpdateWaiting = false
        fulfils("asap-3.1-R2")
        fulfils("asap-3.1-R2.3")
        fulfils("asap-3.1-R2.4")
        fulfils("asap-3.1-R2.5")
        fulfils("asap-3.1-R10")
        fulfils("asap-2.2.1-R2")
        if granted != nil { fulfils("asap-3.1-R17") }
        let element = parameter(of: registration, homeRegistrar: home.identifier)
        fulfils("asap-3.1-R2.1")
        fulfils("asap-2.2.1-R1")
        let message = ASAPMessage.registration(ASAPMessage.Registration(pool: registration.pool, element: element))
        if let error = send(message, to: home.association) { return failRegistration(.doesNotFit(error)) }
        fulfils("asap-3.1-R3")
        fulfils("asap-3.1-R5")
        fulfils("asap-3.1-R6")
        fulfils("asap-2.2.1-R3")
        mayBeRegistered = true
        sent = registration
        phase = .registering
        timers.stop(.reregistration)
        fulfils("asap-3.1-R4")
        timers.start(.registration, at: now + configuration.registrationTimeout)
        report(.registrationSent(attempt: attempts))
    }

    /// R2.3
    var registrationLife: RegistrationLife {
        if let life = registration?.registrationLife { return life }
        return configuration.registrationLife.map { .seconds(Int32(clamping: $0.components.seconds)) } ?? .infinite
    }

    mutating func registrationTimerExpired(at now: MonotonicInstant) {
        if let most = configuration.maximumRegistrationAttempts, attempts >= most {
            fulfils("asap-3.1-R21")
            failRegistration(.noAnswer(attempts: attempts))
        } else {
            fulfils("asap-3.1-R11")
            abandonHome(.noAnswer, at: now)
        }
    }

    mutating func receive(
        _ response: ASAPMessage.RegistrationResponse, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard phase == .registering, association == home?.association, response.pool == registration?.pool,
            response.identifier == identifier
        else { return report(.unexpectedMessage(ASAPMessage.RegistrationResponse.type, from: association)) }
        fulfils("asap-3.1-R13")
        timers.stop(.registration)
        hunt.answered()
        if response.isRejected {
            rejected(response.causes, at: now)
            return
        }
        let isRenewal = granted != nil
        report(.registered(identifier, isRenewal: isRenewal, warnings: response.causes))
        granted = sent
        fallback = nil
        enterRegistered(at: now)
        if isUpdateWaiting { proceed(at: now) }
    }

    private mutating func enterRegistered(at now: MonotonicInstant) {
        fulfils("asap-3.1-R20")
        attempts = 0
        phase = .registered
        fulfils("asap-3.1-R18")
        timers.start(.reregistration, at: now + configuration.reregistrationInterval(life: registrationLife.duration))
    }

    private mutating func rejected(_ causes: [ErrorCause], at now: MonotonicInstant) {
        if let granted, granted != sent {
            // Only the change was refused: what was granted before still holds at the registrar.
            if !isUpdateWaiting { registration = granted }
            report(.updateRejected(causes))
            enterRegistered(at: now)
            if isUpdateWaiting { proceed(at: now) }
        } else if granted == nil, registration?.identifier == nil, causes.contains(.nonUniquePoolElementIdentifier) {
            fulfils("asap-3.1-R14")
            report(.identifierTaken(identifier))
            identifier = drawIdentifier()
            mayBeRegistered = false
            proceed(at: now)
        } else if granted == nil, let fallback {
            // The move was refused: back to where the element was.
            self.fallback = nil
            registration = fallback
            mayBeRegistered = false
            attempts = 0
            report(.updateRejected(causes))
            proceed(at: now)
        } else {
            mayBeRegistered = false
            fulfils("asap-3.1-R14")
            fulfils("asap-3.1-R15")
            failRegistration(.rejected(causes))
        }
    }

    /// Reports to the upper layer and stops trying, until it registers again.
    mutating func failRegistration(_ failure: RegistrationFailure) {
        goal = .none
        phase = .idle
        (move, fallback) = (nil, nil)
        timers.stopAll { _ in true }
        perform(hunt.stop())
        endAllQuestions(.noRegistrar(hunt.list))
        releaseHome()
        report(.registrationFailed(failure))
    }

    /// R2.2; zero is left out, for it reads like none.
    private mutating func drawIdentifier() -> PoolElementIdentifier {
        fulfils("asap-3.1-R2.2")
        return PoolElementIdentifier(rawValue: UInt32.random(in: 1...UInt32.max, using: &randomness))
    }
}
