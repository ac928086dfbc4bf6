import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.6, §3.7: the home registrar, how it is found and lost; §3.5: what it is told of elements.
extension PoolUserEngine {
    mutating func search(at now: MonotonicInstant) {
        guard !hunt.isRunning else { return }
        guard hunt.isWorthwhile else { return searchGaveUp(at: now) }
        report(.registrarSearchStarted(hunt.list))
        perform(hunt.start(after: failedRegistrar, at: now, numbering: &numbering))
    }

    /// A server announcement (§3.6).
    mutating func hear(_ announcement: Announcement, at now: MonotonicInstant) {
        do throws(WireError) {
            let heard = try hunt.hear(announcement.bytes, from: announcement.source, at: now, numbering: &numbering)
            guard let heard else { return }
            fulfils("asap-4-R4")
            if !heard.new.isEmpty { report(.registrarsAnnounced(heard.new)) }
            perform(heard.actions)
        } catch {
            report(.invalidAnnouncement(error, from: announcement.source))
        }
    }

    mutating func searchGaveUp(at now: MonotonicInstant) {
        // A search beside a home registrar that does not answer: its requests have their own end.
        guard home == nil else { return }
        reports.removeAll()
        for pool in openRequests { failRequest(pool, .noRegistrar(hunt.list), at: now) }
    }

    mutating func found(_ registrar: SCTPAddress, _ association: AssociationIdentifier, at now: MonotonicInstant) {
        if let home {
            fulfils("asap-3.7.2-R5")
            previousHome = home.association
            outputs.append(.transport(.shutDown(home.association)))
            report(.registrarLost(home.address, .noAnswer))
        }
        failedRegistrar = nil
        fulfils("asap-1.1-R4")
        home = Home(association: association, address: registrar)
        fulfils("enrp-1.1-R4")
        promisesEnded()
        report(.registrarFound(registrar))
        for pool in openRequests {
            fulfils("asap-3.3-R10")
            fulfils("asap-3.7.1-R3")
            fulfils("asap-3.7.1-R5")
            sendRequest(pool, at: now)
        }
        renewSubscriptions(at: now)
        let waiting = reports
        reports.removeAll()
        for message in waiting { sendReport(message, to: association) }
    }

    mutating func abandonHome(_ loss: RegistrarLoss, at now: MonotonicInstant) {
        guard let home else { return }
        outputs.append(.transport(.abort(home.association)))
        lostHome(loss, at: now)
    }

    mutating func lostHome(_ loss: RegistrarLoss, at now: MonotonicInstant) {
        guard let home else { return }
        self.home = nil
        failedRegistrar = home.address
        promisesEnded()
        report(.registrarLost(home.address, loss))
        for pool in openRequests {
            timers.stop(.request(pool))
            // A registrar that is not there any more is none that does not answer.
            if loss != .noAnswer { pools[pool]?.request?.attempts -= 1 }
        }
        // Without anything to ask, another registrar is looked for when there is.
        fulfils("asap-3.3-R9")
        fulfils("asap-3.6-R9")
        if !openRequests.isEmpty || !reports.isEmpty { search(at: now) }
        renewSubscriptions(at: now)
    }

    func isRegistrar(_ association: AssociationIdentifier) -> Bool {
        association == home?.association || association == previousHome
    }

    mutating func noticeOfRegistrar(
        _ notification: SCTPNotification, of association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        if association == previousHome {
            switch notification {
            case .failed, .lost, .shutDown: previousHome = nil
            default: break
            }
            return
        }
        switch notification {
        case .failed(let end), .lost(let end): lostHome(.associationLost(end), at: now)
        case .peerIsClosing, .shutDown: lostHome(.closed, at: now)
        case .sendFailed(let undelivered):
            keepReport(undelivered.message)
            fulfils("asap-3.7.1-R1")
            fulfils("asap-3.7.1-R2")
            abandonHome(.sendFailed, at: now)
        case .restarted:
            // Questions that the registrar had received are forgotten there.
            promisesEnded()
            for pool in openRequests { sendRequest(pool, at: now) }
            renewSubscriptions(at: now)
        case .up, .path, .readyToSend: break
        }
    }

    /// Tells a registrar that an element could not be reached, at once or when there is a registrar.
    mutating func reportUnreachable(_ pool: PoolHandle, _ identifier: PoolElementIdentifier, at now: MonotonicInstant) {
        let message = ASAPMessage.EndpointUnreachable(pool: pool, identifier: identifier)
        if let home {
            sendReport(message, to: home.association)
        } else if reports.count < Self.maximumWaitingReports {
            reports.append(message)
            search(at: now)
        }
    }

    /// §3.7.1: a report that did not reach its registrar is for the next one, which is looked for: else the element would be handed
    /// out to others for longer.
    private mutating func keepReport(_ message: SCTPMessage) {
        guard case .endpointUnreachable(let report)? = try? ASAPMessage.decode(message.bytes).message,
            reports.count < Self.maximumWaitingReports
        else { return }
        reports.append(report)
    }

    /// §6.9.2: the program could not reach an element by its own means. Only one that it was told of can have been sent to, and
    /// each failure is reported once (§3.5).
    mutating func transportFailed(_ pool: PoolHandle, _ identifier: PoolElementIdentifier, at now: MonotonicInstant) {
        guard pools[pool]?.handedOut.contains(where: { $0.identifier == identifier }) ?? false,
            suspect(identifier, of: pool, at: now)
        else {
            fulfils("asap-3.5-R5")
            fulfils("asap-6.9.2-R2")
            return
        }
        fulfils("asap-6.9.2-R1")
        reportUnreachable(pool, identifier, at: now)
    }

    private mutating func sendReport(
        _ message: ASAPMessage.EndpointUnreachable, to association: AssociationIdentifier
    ) {
        fulfils("asap-3.5-R1")
        fulfils("asap-3.5-R2")
        fulfils("requirements-2.10-R3")
        send(.endpointUnreachable(message), to: association)
        report(.unreachableReported(message.pool, message.identifier))
    }
}
