import InternetAddresses

extension NetworkSimulation {
    func acknowledge(_ number: UInt64?, _ end: SimulatedEnd) {
        guard ends[end.tag] === end else { return }
        transmit(.acknowledge(next: end.nextExpected, number: number, window: end.window), end)
    }

    // MARK: Receiving

    func received(_ number: UInt64, _ streamNumber: UInt64, _ message: SCTPMessage, _ end: SimulatedEnd) {
        // The third step of the set-up was answered, but the answer is still under way.
        guard end.isUp else { return }
        guard number >= end.nextExpected, !end.arrivedAhead.contains(number) else { return acknowledge(number, end) }
        guard message.bytes.count <= end.window || end.heldBytes == 0 else { return acknowledge(nil, end) }
        guard message.bytes.count <= end.node.configuration.maximumMessageSize else {
            transmit(.abort, end)
            return finish(end, .lost(.abortedLocally))
        }
        if number == end.nextExpected {
            end.nextExpected += 1
            while end.arrivedAhead.remove(end.nextExpected) != nil { end.nextExpected += 1 }
        } else {
            end.arrivedAhead.insert(number)
        }
        let stream = message.header.stream
        if message.header.isUnordered {
            deliver(.message(end.identifier, message), to: end.node, countingAgainst: end)
        } else if streamNumber == end.expectedStreamNumbers[stream, default: 0] {
            deliver(.message(end.identifier, message), to: end.node, countingAgainst: end)
            var next = streamNumber + 1
            while let waiting = end.waitingForOrder[stream]?.removeValue(forKey: next) {
                end.heldBytes -= waiting.bytes.count
                deliver(.message(end.identifier, waiting), to: end.node, countingAgainst: end)
                next += 1
            }
            end.expectedStreamNumbers[stream] = next
        } else {
            end.heldBytes += message.bytes.count
            end.waitingForOrder[stream, default: [:]][streamNumber] = message
        }
        acknowledge(number, end)
    }

    // MARK: Sending

    /// Queues a message; see ``LoopEndpoint/send(_:_:on:)`` for what is thrown.
    func queue(_ message: SCTPMessage, _ end: SimulatedEnd) throws(SCTPTransportError) {
        guard end.isOpenForSending else {
            throw SCTPTransportError(.closing, "association \(end.identifier) is closing and takes no more messages")
        }
        guard message.header.stream < end.outboundStreams else {
            throw SCTPTransportError(
                .invalidStream, "stream \(message.header.stream) is not below \(end.outboundStreams), the number of streams")
        }
        guard end.queuedBytes + message.bytes.count <= end.node.configuration.sendQueueLimit else {
            end.owesReadyToSend = true
            throw LoopEndpoint.full(end.identifier)
        }
        var streamNumber: UInt64 = 0
        if !message.header.isUnordered {
            streamNumber = end.nextStreamNumbers[message.header.stream, default: 0]
            end.nextStreamNumbers[message.header.stream] = streamNumber + 1
        }
        end.outgoing.append(SimulatedEnd.Outgoing(number: end.nextNumber, streamNumber: streamNumber, message: message))
        end.nextNumber += 1
        end.queuedBytes += message.bytes.count
        pushOut(end)
    }

    /// Sends what the peer's window allows; one message always, to learn of a window that opens.
    func pushOut(_ end: SimulatedEnd) {
        guard end.isUp else { return }
        for index in 0..<end.outgoing.count where !end.outgoing[index].isInFlight && !end.outgoing[index].isAcknowledged {
            let size = end.outgoing[index].message.bytes.count
            let limit = min(end.peerWindow, NetworkSimulation.flightLimit)
            guard end.flightBytes == 0 || end.flightBytes + size <= limit else { break }
            end.flightBytes += size
            end.outgoing[index].isInFlight = true
            end.outgoing[index].timesSent += 1
            end.outgoing[index].sentAt = now
            let entry = end.outgoing[index]
            transmit(.data(number: entry.number, streamNumber: entry.streamNumber, entry.message), end)
        }
        if end.flightBytes > 0, !end.isTimerRunning { startTimer(end) }
        guard end.outgoing.isEmpty else { return }
        switch end.state {
        case .shutDownPending:
            end.state = .shutDownSent
            transmit(.shutDown, end)
            startTimer(end)
        case .shutDownReceived:
            end.state = .shutDownAcknowledged
            transmit(.shutDownAcknowledge, end)
            startTimer(end)
        default: break
        }
    }

    func acknowledged(_ next: UInt64, _ number: UInt64?, _ window: Int, _ end: SimulatedEnd) {
        // An answer to something else than data tells nothing, except that the peer lives.
        guard end.isUp else { return }
        end.peerWindow = window
        var hasProgressed = false
        if let first = end.outgoing.first {
            let last = first.number + UInt64(end.outgoing.count)
            for passed in first.number..<max(first.number, min(next, last)) {
                hasProgressed = settle(passed, first.number, end) || hasProgressed
            }
            if let number, number >= first.number, number < last {
                hasProgressed = settle(number, first.number, end) || hasProgressed
            }
            while end.outgoing.first?.isAcknowledged == true { _ = end.outgoing.popFirst() }
        }
        pathAnswered(end.primary, end)
        if hasProgressed { stopTimer(end) }
        if end.owesReadyToSend, hasRoom(end) {
            end.owesReadyToSend = false
            notify(.readyToSend, end)
        }
        pushOut(end)
    }

    private func hasRoom(_ end: SimulatedEnd) -> Bool {
        end.queuedBytes + end.node.configuration.maximumMessageSize <= end.node.configuration.sendQueueLimit
    }

    /// Marks one message as delivered. True where it was not yet.
    private func settle(_ number: UInt64, _ first: UInt64, _ end: SimulatedEnd) -> Bool {
        let index = Int(number - first)
        guard !end.outgoing[index].isAcknowledged else { return false }
        let size = end.outgoing[index].message.bytes.count
        end.outgoing[index].isAcknowledged = true
        end.queuedBytes -= size
        if end.outgoing[index].isInFlight {
            end.flightBytes -= size
            // RFC 9260 §6.3.1, rule C5: what was sent twice measures nothing.
            if end.outgoing[index].timesSent == 1 { end.measured(now - end.outgoing[index].sentAt, onPath: end.primary) }
        }
        end.outgoing[index].isInFlight = false
        return true
    }

    // MARK: Ending

    func peerShutsDown(_ end: SimulatedEnd) {
        switch end.state {
        case .established, .shutDownPending:
            notify(.peerIsClosing, end)
            end.state = .shutDownReceived
            pushOut(end)
        case .shutDownSent:
            // Both closed at once (RFC 9260 §9.2).
            end.state = .shutDownAcknowledged
            transmit(.shutDownAcknowledge, end)
            startTimer(end)
        case .shutDownAcknowledged:
            transmit(.shutDownAcknowledge, end)
        case .initiating, .confirming, .shutDownReceived: break
        }
    }

    /// Returns undelivered messages to the user, oldest first.
    func handBack(_ end: SimulatedEnd) {
        while let entry = end.outgoing.popFirst() {
            guard !entry.isAcknowledged else { continue }
            notify(.sendFailed(UndeliveredMessage(message: entry.message, mayHaveArrived: entry.timesSent > 0)), end)
        }
    }

    /// Ends an association: undelivered messages first, then its last notification.
    func finish(_ end: SimulatedEnd, _ notification: SCTPNotification) {
        handBack(end)
        remove(end)
        notify(notification, end)
    }

    func remove(_ end: SimulatedEnd) {
        stopTimer(end)
        end.heartbeatGeneration += 1
        ends[end.tag] = nil
        end.node.endsByIdentifier[end.identifier] = nil
        for path in end.paths where end.node.endsByPeer[path.remote] === end { end.node.endsByPeer[path.remote] = nil }
    }
}
