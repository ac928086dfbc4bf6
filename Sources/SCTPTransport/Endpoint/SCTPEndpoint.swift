/// A one-to-many SCTP endpoint: one port, any number of associations.
///
/// Its functions may be called from anywhere. From a task that runs on the endpoint's loop (`Task(executorPreference: loop)`, or
/// an actor on the loop) they neither change threads nor suspend. Whoever lives on the loop may also use ``onLoop`` for
/// synchronous calls and messages without a copy.
///
/// An endpoint that is let go without ``close(within:)`` aborts its associations.
public actor SCTPEndpoint {
    /// The event loop that it belongs to.
    public nonisolated let loop: EventLoop
    /// How it was opened.
    public nonisolated let configuration: SCTPEndpointConfiguration
    /// What carries its messages.
    public nonisolated let backendKind: SCTPBackendKind
    /// What its backend can do.
    public nonisolated let capabilities: SCTPCapabilities
    /// The bound addresses, with the port in use, and the encapsulation port where there is one.
    public nonisolated let localAddresses: [SCTPAddress]
    /// Touched on the loop only, which every access checks.
    private nonisolated(unsafe) let core: LoopEndpoint

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ core: LoopEndpoint) {
        unsafe self.core = core
        loop = core.loop
        configuration = core.configuration
        backendKind = core.backendKind
        capabilities = core.capabilities
        localAddresses = core.localAddresses
    }

    isolated deinit {
        unsafe core.close(deadline: loop.now) {}
    }

    /// Opens an endpoint: binds its addresses and, where the configuration says so, listens.
    /// - Parameter loop: where the endpoint lives. Userland endpoints of a process share one loop, the first one's.
    /// - Throws: `backendUnavailable`, `invalidConfiguration`, `unsupported`, `addressInUse`, `addressNotAvailable`, `system`.
    public static func open(
        _ configuration: SCTPEndpointConfiguration, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared
    ) async throws(SCTPTransportError) -> SCTPEndpoint {
        let result: Result<SCTPEndpoint, SCTPTransportError> = await loop.run {
            Result { () throws(SCTPTransportError) in
                SCTPEndpoint(try LoopEndpoint(configuration, backend: backend, on: loop))
            }
        }
        return try result.get()
    }

    /// The endpoint for code on its loop. Traps elsewhere.
    public nonisolated var onLoop: LoopEndpoint {
        loop.checkIsolated()
        return unsafe core
    }

    /// Runs `body` on the loop: at once where the caller is there already, else by a hop.
    private nonisolated func perform<Value: Sendable>(
        _ body: @escaping @Sendable (LoopEndpoint) throws(SCTPTransportError) -> Value
    ) async throws(SCTPTransportError) -> Value {
        guard !loop.inLoop else { return try unsafe body(core) }
        return try await hop(body)
    }

    private func hop<Value: Sendable>(
        _ body: @Sendable (LoopEndpoint) throws(SCTPTransportError) -> Value
    ) throws(SCTPTransportError) -> Value {
        try unsafe body(core)
    }

    // MARK: Associations

    /// Starts opening an association; ``SCTPNotification/up(_:)`` or ``SCTPNotification/failed(_:)`` follows.
    /// See ``LoopEndpoint/connect(to:as:)`` for what is thrown.
    @discardableResult
    public nonisolated func connect(
        to addresses: [SCTPAddress], as chosen: AssociationIdentifier? = nil
    ) async throws(SCTPTransportError) -> AssociationIdentifier {
        try await perform { core throws(SCTPTransportError) in try core.connect(to: addresses, as: chosen) }
    }

    /// Closes an association gracefully; see ``LoopEndpoint/shutDown(_:)``.
    public nonisolated func shutDown(_ association: AssociationIdentifier) async throws(SCTPTransportError) {
        try await perform { core throws(SCTPTransportError) in try core.shutDown(association) }
    }

    /// Ends an association at once; see ``LoopEndpoint/abort(_:)``.
    public nonisolated func abort(_ association: AssociationIdentifier) async throws(SCTPTransportError) {
        try await perform { core throws(SCTPTransportError) in try core.abort(association) }
    }

    /// The peer's addresses; see ``LoopEndpoint/peerAddresses(of:)``.
    public nonisolated func peerAddresses(
        of association: AssociationIdentifier
    ) async throws(SCTPTransportError) -> [SCTPAddress] {
        try await perform { core throws(SCTPTransportError) in try core.peerAddresses(of: association) }
    }

    /// Changes time-outs; see ``LoopEndpoint/setTiming(_:of:)``.
    public nonisolated func setTiming(
        _ timing: SCTPTiming, of association: AssociationIdentifier? = nil
    ) async throws(SCTPTransportError) {
        try await perform { core throws(SCTPTransportError) in try core.setTiming(timing, of: association) }
    }

    /// The smoothed round-trip time; see ``LoopEndpoint/roundTripTime(of:)``.
    public nonisolated func roundTripTime(
        of association: AssociationIdentifier
    ) async throws(SCTPTransportError) -> Duration? {
        try await perform { core throws(SCTPTransportError) in try core.roundTripTime(of: association) }
    }

    /// Messages and bytes since it was opened.
    public nonisolated var statistics: SCTPStatistics {
        get async {
            guard !loop.inLoop else { return unsafe core.statistics }
            return await isolatedStatistics
        }
    }

    private var isolatedStatistics: SCTPStatistics { unsafe core.statistics }

    /// Does what an engine asks for; see ``LoopEndpoint/perform(_:)``.
    public nonisolated func perform(_ action: SCTPAction) async throws(SCTPTransportError) {
        try await perform { core throws(SCTPTransportError) in try core.perform(action) }
    }

    // MARK: Sending

    /// Senders that may wait for room on one association.
    public static let waitingSendLimit = 1024

    /// Queues a message for sending; see ``LoopEndpoint/send(_:_:on:)`` for what is thrown.
    public nonisolated func send(
        _ message: SCTPMessage, on association: AssociationIdentifier
    ) async throws(SCTPTransportError) {
        guard !loop.inLoop else { return try unsafe core.send(message, on: association) }
        try await hop { core throws(SCTPTransportError) in try core.send(message, on: association) }
    }

    /// Queues a message for sending; see ``send(_:on:)``.
    public nonisolated func send(
        _ bytes: [UInt8], _ header: MessageHeader = MessageHeader(), on association: AssociationIdentifier
    ) async throws(SCTPTransportError) {
        try await send(SCTPMessage(bytes, header), on: association)
    }

    /// Queues a message for sending, waiting for room where there is none. Senders that wait on one association get their turn
    /// in order; ``waitingSendLimit`` of them may wait.
    /// - Throws: as ``LoopEndpoint/send(_:_:on:)``, `sendQueueFull` only where too many wait; `CancellationError`.
    public nonisolated func sendWhenReady(_ message: SCTPMessage, on association: AssociationIdentifier) async throws {
        do throws(SCTPTransportError) {
            return try await send(message, on: association)
        } catch {
            guard error.code == .sendQueueFull else { throw error }
        }
        try await waitToSend(message, on: association)
    }

    private func waitToSend(_ message: SCTPMessage, on association: AssociationIdentifier) async throws {
        try Task.checkCancellation()
        let number = unsafe core.waitingSends.nextNumber()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                unsafe core.sendWhenReady(message, on: association, number: number, continuation)
            }
        } onCancel: {
            // Not by a task of its own: virtual time must not pass while one is on its way.
            loop.execute { unsafe self.core.cancelWaitingSend(number, on: association) }
        }
    }

    // MARK: Events

    /// Everything that happens on the endpoint, in order, for one consumer at a time; it ends when the endpoint has closed.
    ///
    /// Events come in batches. While the consumer is slow, reading pauses at
    /// ``SCTPEndpointConfiguration/receiveQueueLimit`` and the peers' windows close. Not to be used beside
    /// ``LoopEndpoint/setHandlers(message:notification:)``, which takes the events away.
    public nonisolated var events: SCTPEvents { SCTPEvents(endpoint: self) }

    /// The next events into `batch`; it stays empty where there will be no more, or the task is cancelled.
    nonisolated func nextBatch(_ batch: inout [SCTPEvent]) async {
        while true {
            if loop.inLoop {
                if unsafe core.takeBatch(&batch) { return }
            } else {
                batch = await isolatedTake(returning: batch)
                guard batch.isEmpty else { return }
            }
            guard await mayHaveMore() else { return batch = [] }
        }
    }

    private func isolatedTake(returning spent: [SCTPEvent]) -> [SCTPEvent] {
        var batch = spent
        if unsafe !core.takeBatch(&batch) { batch.removeAll(keepingCapacity: true) }
        return batch
    }

    /// Waits for events; false where none will come. Isolated, so that the continuation is made on the loop.
    private func mayHaveMore() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume() }
                unsafe core.wait(continuation)
            }
        } onCancel: {
            loop.execute { unsafe self.core.wakeConsumer() }
        }
        return unsafe !Task.isCancelled && core.mayHaveEvents
    }

    // MARK: Closing

    /// Closes the endpoint: takes no new associations, shuts each association down once what was sent on it has been
    /// delivered, and frees the port. Associations that have not ended after `limit` are aborted; zero aborts all at once.
    ///
    /// Returns when the port is free. Events go on until then; messages are dropped once the queue is full.
    public func close(within limit: Duration) async {
        await withCheckedContinuation { continuation in
            unsafe core.close(deadline: loop.now + limit) { continuation.resume() }
        }
    }
}
