/// Cuts what comes from a byte stream into messages.
struct StreamReassembly {
    enum Outcome: Equatable {
        case goesOn
        /// The receiver wants no more for now; what was left is kept for ``resume(_:)``.
        case stopped
        /// The peer sent something that is no message, or one that is too long.
        case broken
    }

    let framing: StreamFraming
    /// Bytes of the longest message, prefix and padding not counted.
    let maximumMessageSize: Int
    /// The beginning of a message whose rest is still to come, or what was left when the receiver wanted no more.
    private var kept: [UInt8] = []
    private var isStopped = false

    init(_ framing: StreamFraming, maximumMessageSize: Int) {
        self.framing = framing
        self.maximumMessageSize = maximumMessageSize
    }

    /// True where a message has begun and is not complete.
    var hasPartialMessage: Bool { !kept.isEmpty && !isStopped }
    /// True where whole messages may wait.
    var hasStopped: Bool { isStopped }

    /// Takes what came, and calls `deliver` for each message; that returns false where it wants no more for now.
    mutating func take(_ bytes: RawSpan, deliver: (RawSpan) -> Bool) -> Outcome {
        var offset = 0
        if !kept.isEmpty {
            guard !isStopped else {
                kept.append(bytes)
                return .stopped
            }
            // A message has begun: first its header, then the rest, and not a byte of the next.
            guard fillKept(to: framing.headerLength, from: bytes, &offset) else { return .goesOn }
            guard let length = unsafe wholeLength(kept.span.bytes, 0) else { return .broken }
            guard fillKept(to: length, from: bytes, &offset) else { return .goesOn }
            let whole = kept
            kept.removeAll(keepingCapacity: false)
            if unsafe !deliver(whole.span.bytes.extracting(framing.prefixLength..<length)) { return stop(bytes, from: offset) }
        }
        while offset < bytes.byteCount {
            let rest = bytes.byteCount - offset
            if framing == .bytes {
                let length = min(rest, maximumMessageSize)
                defer { offset += length }
                if !deliver(bytes.extracting(offset..<offset + length)) { return stop(bytes, from: offset + length) }
                continue
            }
            guard rest >= framing.headerLength else { break }
            guard let length = wholeLength(bytes, offset) else { return .broken }
            guard rest >= length else { break }
            let message = bytes.extracting(offset + framing.prefixLength..<offset + length)
            offset += length
            if !deliver(message) { return stop(bytes, from: offset) }
        }
        if offset < bytes.byteCount { kept.append(bytes.extracting(offset..<bytes.byteCount)) }
        return .goesOn
    }

    /// Goes on with what was kept when the receiver wanted no more.
    mutating func resume(deliver: (RawSpan) -> Bool) -> Outcome {
        guard isStopped else { return .goesOn }
        isStopped = false
        let waiting = kept
        kept = []
        return unsafe take(waiting.span.bytes, deliver: deliver)
    }

    private mutating func stop(_ bytes: RawSpan, from offset: Int) -> Outcome {
        isStopped = true
        kept.append(bytes.extracting(offset..<bytes.byteCount))
        return .stopped
    }

    private func wholeLength(_ bytes: RawSpan, _ offset: Int) -> Int? {
        guard let length = framing.wholeLength(of: bytes, at: offset),
            length - framing.prefixLength <= maximumMessageSize
        else { return nil }
        return length
    }

    /// True where `kept` has so many bytes now.
    private mutating func fillKept(to count: Int, from bytes: RawSpan, _ offset: inout Int) -> Bool {
        let part = min(count - kept.count, bytes.byteCount - offset)
        if part > 0 {
            kept.append(bytes.extracting(offset..<offset + part))
            offset += part
        }
        return kept.count >= count
    }
}
