import ASAP
import ENRP
import RSerPoolParameters
import SCTPTransport

/// What the checks remember.
struct CheckState {
    /// What is true of an element that was registered once.
    struct Truth {
        var isAlive: Bool
        /// When its process ended or its deregistration was granted.
        var ended: MonotonicInstant
        var hasDeregistered = false
    }

    var truths: [ElementKey: Truth] = [:]
    /// When the faults of this round ended; nil while they last.
    var healed: MonotonicInstant?
    /// When every registrar was last seen to hold exactly what lives.
    var settled: MonotonicInstant?
    /// Who took over whom since the faults ended.
    var takeovers: [RegistrarIdentifier: Int] = [:]
    /// When each registrar began to serve.
    var servingSince: [Int: MonotonicInstant] = [:]
    var writer = ParameterWriter(capacity: 1_024)
}

// Checked at every step.
extension World {
    /// Nothing that an engine sends is other than it reads.
    func checkSent(_ message: SCTPMessage, by participant: Participant) {
        statistics.messages += 1
        statistics.bytes += UInt64(message.bytes.count)
        if message.header.payloadProtocol == .enrp {
            statistics.peerMessages += 1
            statistics.peerBytes += UInt64(message.bytes.count)
        }
        // A measurement of scale checks no message: that would be what it measures.
        guard mentors == nil else { return }
        switch message.header.payloadProtocol {
        case .asap: checkASAP(message.bytes, by: participant)
        case .enrp: checkENRP(message.bytes, by: participant)
        default: break
        }
    }

    /// A datagram's first byte tells the protocol: of ASAP only ASAP_SERVER_ANNOUNCE is announced, of ENRP only ENRP_PRESENCE.
    func checkAnnounced(_ bytes: [UInt8], by participant: Participant) {
        if bytes.first == ASAPMessageType.serverAnnounce.rawValue {
            checkASAP(bytes, by: participant)
        } else {
            checkENRP(bytes, by: participant)
        }
    }

    private func checkASAP(_ bytes: [UInt8], by participant: Participant) {
        do throws(WireError) {
            let decoded = try ASAPMessage.decode(bytes)
            do throws(WireEncodingError) {
                try decoded.message.write(to: &checks.writer)
            } catch {
                return fail(.decoding, "\(participant.name) sent \(decoded.message.type) that does not encode: \(error)")
            }
            check("\(decoded.message.type)", decoded.report, bytes, by: participant)
        } catch {
            fail(.decoding, "\(participant.name) sent an ASAP message that does not decode: \(error)")
        }
    }

    private func checkENRP(_ bytes: [UInt8], by participant: Participant) {
        do throws(WireError) {
            let decoded = try ENRPMessage.decode(bytes)
            do throws(WireEncodingError) {
                try decoded.message.write(to: &checks.writer)
            } catch {
                return fail(.decoding, "\(participant.name) sent \(decoded.message.type) that does not encode: \(error)")
            }
            check("\(decoded.message.type)", decoded.report, bytes, by: participant)
        } catch {
            fail(.decoding, "\(participant.name) sent an ENRP message that does not decode: \(error)")
        }
    }

    private func check(
        _ type: @autoclosure () -> String, _ report: [ErrorCause], _ bytes: [UInt8], by participant: Participant
    ) {
        if !report.isEmpty { fail(.decoding, "\(participant.name) sent \(type()) with errors: \(report)") }
        if checks.writer.bytes != bytes { fail(.decoding, "\(participant.name) sent \(type()) that encodes to other bytes") }
    }

    func elementStarted(_ element: SimulatedElement) {
        checks.truths[element.key] = CheckState.Truth(isAlive: true, ended: now)
    }

    func elementEnded(_ element: SimulatedElement) {
        guard checks.truths[element.key]?.isAlive == true else { return }
        checks.truths[element.key] = CheckState.Truth(isAlive: false, ended: now)
    }

    func elementDeregistered(_ element: SimulatedElement) {
        checks.truths[element.key] = CheckState.Truth(isAlive: false, ended: now, hasDeregistered: true)
    }

    /// No user is handed an element that is gone for too long.
    func checkHanded(_ key: ElementKey, to user: SimulatedUser) {
        guard let truth = checks.truths[key] else {
            return fail(.staleness, "\(user.name) was handed \(key), which never was")
        }
        guard !truth.isAlive else { return }
        let slowest = timers.user.staleCacheValue * 100 / Int(SimulationPlan.slowestClock)
        if let settled = checks.settled, truth.ended < settled, now - settled > slowest + SimulationPlan.longestStall {
            fail(.staleness, "\(user.name) was handed \(key), which was gone from every registrar at \(settled.text)")
        }
        if let healed = checks.healed, now - max(healed, truth.ended) > timers.stalenessBound {
            fail(
                .staleness,
                "\(user.name) was handed \(key), which ended at \(truth.ended.text): later than \(timers.stalenessBound)")
        }
    }

    /// Looks at what a registrar tells; the state that it tells of is checked when all has settled.
    func checkEvent(_ event: RegistrarEvent, of registrar: SimulatedRegistrar) {
        switch event {
        case .elementRegistered(let pool, let identifier, _), .elementRenewed(let pool, let identifier, _):
            statistics.registrations += 1
            checkEntered(ElementKey(pool: pool, identifier: identifier), at: registrar)
        case .elementRemoved: statistics.removals += 1
        case .peer(let event): checkEvent(event, of: registrar)
        case .messageDiscarded(.malformed(let error), _):
            fail(.decoding, "\(registrar.name) met a message that cannot be understood: \(error)")
        case .messageDiscarded(.errorReported(let causes), _):
            fail(.decoding, "\(registrar.name) was told of errors: \(causes)")
        default: break
        }
    }

    private func checkEvent(_ event: PeerEvent, of registrar: SimulatedRegistrar) {
        switch event {
        case .elementAdded(let pool, let identifier, _), .elementAdopted(let pool, let identifier):
            checkEntered(ElementKey(pool: pool, identifier: identifier), at: registrar)
        case .serviceBegun: checks.servingSince[registrar.index] = now
        case .takeoverWon(let target, _, _):
            statistics.takeovers += 1
            checkTakeover(of: target, by: registrar)
        case .resynchronised: statistics.resynchronisations += 1
        case .offence(.malformedMessage, let peer), .offence(.errorReported, let peer):
            fail(.decoding, "\(registrar.name) and registrar \(peer) do not understand each other")
        default: break
        }
    }

    /// In peace, arbitration leaves one winner (RFC 5353 §3.5.1).
    private func checkTakeover(of target: RegistrarIdentifier, by registrar: SimulatedRegistrar) {
        guard let healed = checks.healed, now - healed >= SimulationPlan.pauseBeforePeacefulCrash else { return }
        appoint(
            .adoptionAudit(registrar: registrar.index, incarnation: registrar.incarnation), after: timers.adoptionBound)
        if let other = checks.takeovers.updateValue(registrar.index, forKey: target), other != registrar.index {
            fail(.arbitration, "\(registrar.name) and \(registrars[other].name) both took registrar \(target) over")
        }
    }

    /// The keep-alives of a takeover make elements take the new home for theirs (RFC 5353 §3.5.2, RFC 5352 §3.4).
    func checkAdoption(by registrar: SimulatedRegistrar) {
        guard checks.healed != nil, let snapshot = registrar.snapshot else { return }
        for element in elements where element.life == .member && element.home != registrar.host {
            let pool = snapshot.pools.first { $0.handle == element.pool }
            guard let held = pool?.elements.first(where: { $0.parameter.identifier == element.identifier }),
                held.parameter.homeRegistrar == snapshot.registrar
            else { continue }
            fail(.ownership, "\(registrar.name) has taken \(element.key) over, which does not know it")
        }
    }

    /// What was gone everywhere does not come back.
    private func checkEntered(_ key: ElementKey, at registrar: SimulatedRegistrar) {
        guard mentors == nil else { return }
        guard let truth = checks.truths[key] else {
            return fail(.resurrection, "\(registrar.name) has \(key), which never was")
        }
        guard !truth.isAlive, let settled = checks.settled, truth.ended < settled else { return }
        fail(.resurrection, "\(registrar.name) has \(key) again, which was gone from every registrar at \(settled.text)")
    }
}

extension MonotonicInstant {
    /// Seconds with milliseconds.
    var text: String {
        let milliseconds = nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
