/// The outputs of an engine that its driver has not taken yet, oldest first. Its storage is reused once it is drained.
public struct OutputQueue<Output: Sendable>: Sendable {
    private var waiting: [Output] = []
    private var taken = 0

    /// An empty queue.
    public init() {}

    /// True where every output has been taken.
    public var isEmpty: Bool { taken == waiting.count }

    /// Puts an output last.
    public mutating func append(_ output: Output) {
        waiting.append(output)
    }

    /// Takes the oldest output; nil where there is none.
    public mutating func popFirst() -> Output? {
        guard taken < waiting.count else { return nil }
        let output = waiting[taken]
        taken += 1
        if taken == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            taken = 0
        }
        return output
    }
}
