import InternetAddresses

extension NetworkSimulation {
    // MARK: Retransmission (RFC 9260 §6.3)

    func startTimer(_ end: SimulatedEnd) {
        end.timerGeneration += 1
        end.isTimerRunning = true
        schedule.add(
            .retransmission(tag: end.tag, generation: end.timerGeneration), at: now + end.paths[end.primary].timeout)
    }

    func stopTimer(_ end: SimulatedEnd) {
        end.timerGeneration += 1
        end.isTimerRunning = false
    }

    func retransmissionTimerFired(_ tag: UInt64, _ generation: UInt64) {
        guard let end = ends[tag], end.timerGeneration == generation else { return }
        end.isTimerRunning = false
        guard end.isUp else { return retrySetup(end) }
        guard countError(end.primary, end) else { return }
        end.paths[end.primary].timeout = min(
            end.paths[end.primary].timeout * 2, end.timing.maximumRetransmissionTimeout)
        switch end.state {
        case .shutDownSent: transmit(.shutDown, end)
        case .shutDownAcknowledged: transmit(.shutDownAcknowledge, end)
        default: break
        }
        for index in 0..<end.outgoing.count { end.outgoing[index].isInFlight = false }
        end.flightBytes = 0
        pushOut(end)
        if !end.isTimerRunning, end.state == .shutDownSent || end.state == .shutDownAcknowledged { startTimer(end) }
    }

    private func retrySetup(_ end: SimulatedEnd) {
        end.errors += 1
        guard end.errors <= end.timing.maximumInitRetransmissions else { return finish(end, .failed(.unreachable)) }
        end.paths[end.primary].timeout = min(
            end.paths[end.primary].timeout * 2, end.timing.maximumRetransmissionTimeout)
        // The peer's other addresses have their turn.
        let timeout = end.paths[end.primary].timeout
        end.primary = (end.primary + 1) % end.paths.count
        end.paths[end.primary].timeout = timeout
        if let (own, echo) = end.confirmation {
            transmit(.confirm(own, echo: echo), end)
        } else {
            sendInitiate(end)
        }
        startTimer(end)
    }

    // MARK: Paths (RFC 9260 §8.1 and §8.2)

    /// Something on a path was not answered. False where that was the association's end.
    private func countError(_ index: Int, _ end: SimulatedEnd) -> Bool {
        end.errors += 1
        end.paths[index].errors += 1
        if end.paths[index].isReachable, end.paths[index].errors > end.timing.maximumPathRetransmissions {
            end.paths[index].isReachable = false
            notify(.path(end.paths[index].remote, .unreachable), end)
            if end.primary == index, let other = end.paths.firstIndex(where: \.isReachable) { end.primary = other }
        }
        guard end.errors <= end.timing.maximumAssociationRetransmissions else {
            finish(end, .lost(.unreachable))
            return false
        }
        return true
    }

    func pathAnswered(_ index: Int, _ end: SimulatedEnd) {
        end.errors = 0
        end.paths[index].errors = 0
        guard !end.paths[index].isReachable else { return }
        end.paths[index].isReachable = true
        end.resetTimeout(ofPath: index)
        notify(.path(end.paths[index].remote, .available), end)
        if !end.paths[end.primary].isReachable { end.primary = index }
    }

    // MARK: Heartbeats (RFC 9260 §8.3)

    func startHeartbeats(_ end: SimulatedEnd) {
        end.heartbeatGeneration += 1
        guard let interval = end.timing.heartbeatInterval else { return }
        for index in end.paths.indices {
            end.paths[index].awaitsHeartbeat = false
            schedule.add(
                .heartbeat(tag: end.tag, path: index, generation: end.heartbeatGeneration),
                at: now + interval + end.paths[index].timeout)
        }
    }

    func heartbeatTimerFired(_ tag: UInt64, _ index: Int, _ generation: UInt64) {
        guard let end = ends[tag], end.heartbeatGeneration == generation, let interval = end.timing.heartbeatInterval
        else { return }
        if end.paths[index].awaitsHeartbeat {
            end.paths[index].timeout = min(end.paths[index].timeout * 2, end.timing.maximumRetransmissionTimeout)
            guard countError(index, end) else { return }
        }
        end.paths[index].awaitsHeartbeat = true
        transmit(.heartbeat(path: index, sent: now), end, path: index)
        schedule.add(
            .heartbeat(tag: tag, path: index, generation: generation), at: now + interval + end.paths[index].timeout)
    }
}
