import ASAP
import ENRP
import RSerPoolParameters
import Testing

@Suite("Any bytes are a message of ENRP or one error")
struct ENRPMessagePropertyTests {
    /// Inputs of each kind; every run has the same ones.
    static let count = 200_000

    /// Decodes, and checks that what was read is written to bytes that are read as the same.
    private func check(_ input: [UInt8]) -> Bool {
        do throws(WireError) {
            let message = try ENRPMessage.decode(input).message
            guard let written = try? message.encoded() else { return false }
            return (try? ENRPMessage.decode(written))?.message == message
        } catch {
            guard let answer = ENRPMessage.answer(to: error, sender: Sample.sender) else { return true }
            // Whatever is answered can be sent and is not answered again.
            guard let written = try? answer.encoded(), let decoded = try? ENRPMessage.decode(written) else { return false }
            return decoded.message == answer && decoded.report.isEmpty
        }
    }

    @Test("Random bytes behind a sound header")
    func random() {
        var random = SeededRandomNumberGenerator(seed: 5353)
        var failures = 0
        for _ in 0..<Self.count {
            let length = Int.random(in: 0...96, using: &random)
            var input = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            if length >= 4, Bool.random(using: &random) {
                input[0] = UInt8.random(in: 0...11, using: &random)
                input[2] = 0
                input[3] = UInt8(length)
            }
            if !check(input) { failures += 1 }
        }
        #expect(failures == 0)
    }

    @Test("Messages with bytes changed, cut out, put in and doubled")
    func mutated() {
        var random = SeededRandomNumberGenerator(seed: 5354)
        var failures = 0
        var accepted = 0
        let samples = GoldenMessage.all.map(\.bytes)
        for _ in 0..<Self.count {
            var input = samples.randomElement(using: &random)!
            for _ in 0...Int.random(in: 0...3, using: &random) {
                guard !input.isEmpty else { break }
                let place = Int.random(in: 0..<input.count, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: input[place] = UInt8.random(in: 0...255, using: &random)
                case 1: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: input.removeSubrange(place..<min(input.count, place + Int.random(in: 1...8, using: &random)))
                case 3: input.insert(contentsOf: samples.randomElement(using: &random)!.prefix(24), at: place)
                case 4: input.append(contentsOf: input[place...].prefix(64))
                default: input[place] = [0, 1, 4, 8, 0x7f, 0xff].randomElement(using: &random)!
                }
            }
            // Half of them with a length that fits, so that the parameters are looked at.
            if input.count >= 4, Bool.random(using: &random) {
                input[2] = UInt8(input.count >> 8)
                input[3] = UInt8(input.count & 0xff)
            }
            if !check(input) { failures += 1 }
            if (try? ENRPMessage.decode(input)) != nil { accepted += 1 }
        }
        #expect(failures == 0)
        // A check of the test: it gets into the messages.
        #expect(accepted > Self.count / 20)
    }
}
