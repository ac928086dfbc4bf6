import Testing

@testable import SCTPTransport

/// Messages out of a byte stream, however it is cut.
struct StreamReassemblyTests {
    private static let layout = StreamFraming.messages(
        StreamFraming.MessageLayout(
            lengthOffset: 2, headerLength: 4, alignment: 4, payloadProtocol: PayloadProtocolIdentifier(rawValue: 11)))

    /// Feeds the stream in pieces of the given lengths, in turn, and returns the messages.
    private static func messages(
        _ framing: StreamFraming, _ stream: [UInt8], pieces: [Int], maximum: Int = 1_000
    ) -> (messages: [[UInt8]], outcome: StreamReassembly.Outcome) {
        var reassembly = StreamReassembly(framing, maximumMessageSize: maximum)
        var messages: [[UInt8]] = []
        var offset = 0
        var turn = 0
        while offset < stream.count {
            let piece = Array(stream[offset..<min(stream.count, offset + pieces[turn % pieces.count])])
            offset += piece.count
            turn += 1
            let outcome = unsafe reassembly.take(piece.span.bytes) {
                messages.append(unsafe $0.withUnsafeBytes { unsafe [UInt8]($0) })
                return true
            }
            if outcome != .goesOn { return (messages, outcome) }
        }
        return (messages, .goesOn)
    }

    @Test(arguments: [[1], [2], [3, 1], [4], [5], [7, 2], [64]])
    func messagesThatSayTheirLengthComeWholeAndPadded(pieces: [Int]) {
        // RFC 5354 §4: type, flags, length; the length does not count the padding.
        let stream: [UInt8] = [5, 0, 0, 4, 1, 2, 0, 6, 9, 9, 0, 0, 7, 7, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8]
        let (messages, outcome) = StreamReassemblyTests.messages(StreamReassemblyTests.layout, stream, pieces: pieces)
        #expect(outcome == .goesOn)
        #expect(messages == [[5, 0, 0, 4], [1, 2, 0, 6, 9, 9, 0, 0], [7, 7, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8]])
    }

    @Test(arguments: [[1], [3], [4, 1], [64]])
    func prefixedMessagesComeWithoutTheirPrefix(pieces: [Int]) {
        let stream: [UInt8] = [0, 0, 0, 1, 42, 0, 0, 0, 3, 1, 2, 3]
        let (messages, outcome) = StreamReassemblyTests.messages(.prefixed, stream, pieces: pieces)
        #expect(outcome == .goesOn)
        #expect(messages == [[42], [1, 2, 3]])
    }

    @Test func bytesComeAsTheyAreInPiecesWithinTheLimit() {
        let (messages, outcome) = StreamReassemblyTests.messages(.bytes, Array(0..<10), pieces: [7], maximum: 4)
        #expect(outcome == .goesOn)
        #expect(messages == [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9]])
    }

    @Test(arguments: [[1], [2], [64]])
    func wrongLengthsBreakTheStream(pieces: [Int]) {
        let good: [UInt8] = [5, 0, 0, 4]
        for bad in [[5, 0, 0, 0], [5, 0, 0, 3], [5, 0, 0xff, 0xff], [5, 0, 0x03, 0xe9, 0]] as [[UInt8]] {
            let (messages, outcome) = StreamReassemblyTests.messages(
                StreamReassemblyTests.layout, good + bad, pieces: pieces)
            #expect(outcome == .broken && messages == [good])
        }
        for bad in [[0, 0, 0, 0], [0, 0, 0x03, 0xe9], [0xff, 0xff, 0xff, 0xff]] as [[UInt8]] {
            #expect(StreamReassemblyTests.messages(.prefixed, bad, pieces: pieces).outcome == .broken)
        }
        // The longest that is allowed passes.
        let longest: [UInt8] = [5, 0, 0x03, 0xe8] + [UInt8](repeating: 0, count: 996)
        #expect(StreamReassemblyTests.messages(StreamReassemblyTests.layout, longest, pieces: pieces).messages == [longest])
    }

    @Test func whatIsLeftWhenTheReceiverStopsComesLaterAndWhole() {
        for stop in 0..<4 {
            var reassembly = StreamReassembly(.prefixed, maximumMessageSize: 100)
            var messages: [UInt8] = []
            func take(_ bytes: RawSpan) -> Bool {
                messages.append(unsafe bytes.unsafeLoad(as: UInt8.self))
                return messages.count != stop
            }
            let first: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0]
            let second: [UInt8] = [0, 1, 3]
            var outcome = unsafe reassembly.take(first.span.bytes, deliver: take)
            #expect(outcome == (stop == 0 ? .goesOn : .stopped))
            #expect(reassembly.hasStopped == (stop != 0) && reassembly.hasPartialMessage == (stop == 0))
            _ = unsafe reassembly.take(second.span.bytes, deliver: take)
            if stop != 0 { #expect(messages.count == stop) }
            outcome = reassembly.resume(deliver: take)
            #expect(outcome == .goesOn && messages == [0, 1, 2, 3])
            #expect(!reassembly.hasPartialMessage && !reassembly.hasStopped)
        }
    }

    /// Random bytes: no crash, no message longer than allowed, and every cut gives the same messages.
    @Test func hostileBytesAreMessagesOrBreakTheStream() {
        var random = SimulationRandom(seed: 20_261_122)
        for _ in 0..<2_000 {
            let length = Int.random(in: 1...300, using: &random)
            let stream = (0..<length).map { _ in
                // Small numbers make plausible lengths.
                Bool.random(using: &random) ? UInt8.random(in: 0...8, using: &random) : .random(in: 0...255, using: &random)
            }
            for framing in [StreamReassemblyTests.layout, .prefixed, .bytes] {
                let whole = StreamReassemblyTests.messages(framing, stream, pieces: [length], maximum: 64)
                let pieces = (0..<5).map { _ in Int.random(in: 1...20, using: &random) }
                let cut = StreamReassemblyTests.messages(framing, stream, pieces: pieces, maximum: 64)
                #expect(whole.messages.allSatisfy { (1...64).contains($0.count) })
                if framing == .bytes {
                    #expect(whole.messages.flatMap(\.self) == stream && cut.messages.flatMap(\.self) == stream)
                } else {
                    #expect(whole.messages == cut.messages && whole.outcome == cut.outcome)
                }
            }
        }
    }
}
