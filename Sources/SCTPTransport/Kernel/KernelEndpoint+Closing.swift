import CKernelSCTP

/// Ending associations, and the endpoint.
extension KernelEndpoint {
    func shutDown(_ identifier: AssociationIdentifier) throws(SCTPTransportError) {
        let association = try current(identifier)
        guard !association.isShuttingDown else {
            throw SCTPTransportError(.closing, "association \(identifier) is being shut down already; wait for its end")
        }
        shutDown(association)
    }

    private func shutDown(_ association: KernelAssociation) {
        association.isShuttingDown = true
        // The kernel forgets an association that is not up yet, and what was sent on it.
        if association.isUp, association.queue.isEmpty { tellShutdown(association) }
    }

    /// Lets the kernel deliver what it has and end the association.
    func tellShutdown(_ association: KernelAssociation) {
        guard association.isUp, !association.hasToldShutdown else { return }
        flush()
        // Without room for the last messages the association has to wait its turn again.
        guard association.queue.isEmpty else { return }
        association.hasToldShutdown = true
        // Where this fails the association has ended meanwhile, which the socket's queue tells.
        _ = kernel_sctp_shut_down(socket.descriptor, association.number)
    }

    func abort(_ identifier: AssociationIdentifier) throws(SCTPTransportError) {
        abort(try current(identifier))
    }

    func abort(_ association: KernelAssociation) {
        flush()
        association.isAborting = true
        // As above.
        _ = kernel_sctp_abort(socket.descriptor, association.number)
    }

    // MARK: Endpoint

    func close(deadline: MonotonicInstant, completion: @escaping () -> Void) {
        guard case .open = life else { preconditionFailure("an endpoint is closed once") }
        life = .closing(deadline: deadline, completion: completion)
        _ = kernel_sctp_listen(socket.descriptor, false)
        setReceivingPaused(false)
        let hasTime = deadline > loop.now
        for association in all where association.end == nil && !association.isAborting {
            if !hasTime || !association.isUp && !association.hasSent {
                abort(association)
            } else if !association.isShuttingDown {
                shutDown(association)
            }
        }
        armDeadline(deadline)
        completeIfEmpty()
    }

    private var all: [KernelAssociation] {
        byIdentifier.values.sorted { $0.identifier < $1.identifier }
    }

    /// Completes the closing in a turn of its own, since the call-back may let go of the endpoint.
    func completeIfEmpty() {
        guard case .closing = life, byIdentifier.isEmpty else { return }
        armDeadline(loop.now)
    }

    /// Nothing is left, or no time is.
    func closeNow() {
        guard case .closing(_, let completion) = life else { return }
        for association in all where association.end == nil && !association.isAborting { abort(association) }
        // The kernel has queued these ends within the calls.
        setReceivingPaused(false)
        read(all: true)
        tellRefused()
        life = .closed
        release()
        socket.close()
        completion()
    }
}
