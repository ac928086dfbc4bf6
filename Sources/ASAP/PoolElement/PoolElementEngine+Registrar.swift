import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.4: keep-alives; §3.6 and §3.7: the home registrar, how it is found and lost.
extension PoolElementEngine {
    mutating func search(at now: MonotonicInstant) {
        guard !hunt.isRunning else { return }
        // A registrar that keeps an association with us is there already; a second one to it could not be opened.
        for association in acceptedRegistrars {
            guard let peer = peers[association] else { continue }
            let known = hunt.list.first { registrar in
                registrar != failedRegistrar && peer.addresses.contains { $0.ip == registrar.ip && $0.port == registrar.port }
            }
            if let known { return found(known, association, at: now) }
        }
        report(.registrarSearchStarted(hunt.list))
        perform(hunt.start(after: failedRegistrar, at: now, numbering: &numbering))
    }

    /// A server announcement (§3.6).
    mutating func hear(_ announcement: Announcement, at now: MonotonicInstant) {
        do throws(WireError) {
            let heard = try hunt.hear(announcement.bytes, from: announcement.source, at: now, numbering: &numbering)
            guard let heard else { return }
            fulfils("asap-4-R8")
            if !heard.new.isEmpty { report(.registrarsAnnounced(heard.new)) }
            perform(heard.actions)
        } catch {
            report(.invalidAnnouncement(error, from: announcement.source))
        }
    }

    mutating func searchGaveUp() {
        switch goal {
        case .none: break
        case .membership: failRegistration(.noRegistrar(hunt.list))
        case .departure: finishDeparture(.noRegistrar(hunt.list))
        }
    }

    mutating func found(_ registrar: SCTPAddress, _ association: AssociationIdentifier, at now: MonotonicInstant) {
        failedRegistrar = nil
        fulfils("asap-1.1-R2")
        fulfils("asap-3.1-R12")
        fulfils("asap-3.2-R10")
        home = Home(association: association, address: registrar)
        report(.registrarFound(registrar))
        proceed(at: now)
        askAll(at: now)
    }

    /// Gives up a home registrar that does not do its part, and looks for another (§3.7).
    mutating func abandonHome(_ loss: RegistrarLoss, at now: MonotonicInstant) {
        guard let home else { return }
        outputs.append(.transport(.abort(home.association)))
        lostHome(loss, at: now)
    }

    /// The home registrar is gone, and its association with it.
    mutating func lostHome(_ loss: RegistrarLoss, at now: MonotonicInstant) {
        guard let home else { return }
        fulfils("requirements-2.1-R1")
        self.home = nil
        failedRegistrar = home.address
        forgetPeer(home.association)
        // A registrar that is not there any more is none that does not answer.
        if loss != .noAnswer {
            if phase == .registering { attempts -= 1 }
            for place in questions.indices where questions[place].attempts > 0 { questions[place].attempts -= 1 }
        }
        phase = .idle
        timers.stopAll { $0 == .registration || $0 == .deregistration || $0 == .reregistration }
        for question in questions { timers.stop(.request(question.pool)) }
        report(.registrarLost(home.address, loss))
        proceed(at: now)
    }

    /// Closes the association with the home registrar once nothing more is wanted of it.
    mutating func releaseHome() {
        guard let home else { return }
        self.home = nil
        forgetPeer(home.association)
        outputs.append(.transport(.shutDown(home.association)))
    }

    /// KA1, KA2.
    mutating func receive(
        _ keepAlive: ASAPMessage.EndpointKeepAlive, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        // Anybody may open an association and ask (§9.2); what is too much is thrown away.
        let isAdmitted =
            association == home?.association
            ? home?.keepAlives.take(at: now) : peers[association]?.keepAlives.take(at: now)
        guard isAdmitted ?? otherKeepAlives.take(at: now) else { return }
        if association.isAccepted { markRegistrar(association) }
        guard mayBeRegistered, let registration, keepAlive.pool == registration.pool else {
            fulfils("asap-3.4-R1")
            fulfils("asap-3.4-R2")
            return
        }
        guard (keepAlive.identifier ?? identifier) == identifier else { return }
        fulfils("asap-2.2.7-R1")
        fulfils("asap-3.4-R3")
        fulfils("asap-3.4-R4")
        fulfils("asap-3.4-R5")
        fulfils("asap-3.4-R6")
        send(
            .endpointKeepAliveAcknowledgement(
                ASAPMessage.EndpointKeepAliveAcknowledgement(pool: registration.pool, identifier: identifier)),
            to: association)
        report(.keepAliveAnswered(keepAlive.server))
        if association == home?.association {
            home?.identifier = keepAlive.server
        } else if keepAlive.claimsHome, home?.identifier != keepAlive.server, peers[association]?.role == .registrar {
            // A pool user cannot make itself the home registrar.
            adopt(keepAlive.server, association, at: now)
        }
    }

    /// KA2.4: the sender of a keep-alive becomes the home registrar.
    private mutating func adopt(
        _ server: RegistrarIdentifier, _ association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard let address = peers[association]?.addresses.first else { return }
        let wasWithoutHome = home == nil
        fulfils("asap-3.4-R7")
        fulfils("asap-1.1-R1")
        releaseHome()
        perform(hunt.stop())
        home = Home(association: association, address: address, identifier: server)
        fulfils("enrp-1.1-R1")
        fulfils("enrp-1.1-R2")
        report(.registrarAdopted(server, address))
        askAll(at: now)
        switch phase {
        case .registering, .deregistering:
            // The one that was asked is not in charge any more. Asking the new one is no further attempt.
            if phase == .registering { attempts -= 1 }
            timers.stopAll { $0 == .registration || $0 == .deregistration }
            proceed(at: now)
        case .idle, .registered:
            if wasWithoutHome { proceed(at: now) }
        }
    }
}
