/// The events of an endpoint: ``SCTPEndpoint/events``.
public struct SCTPEvents: AsyncSequence, Sendable {
    /// What happens at an endpoint.
    public typealias Element = SCTPEvent
    /// Nothing: an endpoint's events end in order.
    public typealias Failure = Never

    let endpoint: SCTPEndpoint

    /// Takes one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let endpoint: SCTPEndpoint
        private var batch: [SCTPEvent] = []
        private var taken = 0

        init(endpoint: SCTPEndpoint) {
            self.endpoint = endpoint
        }

        /// The next event; nil when the endpoint has closed or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> SCTPEvent? {
            if taken == batch.count {
                taken = 0
                await endpoint.nextBatch(&batch)
                guard !batch.isEmpty else { return nil }
            }
            defer { taken += 1 }
            return batch[taken]
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(endpoint: endpoint)
    }
}
