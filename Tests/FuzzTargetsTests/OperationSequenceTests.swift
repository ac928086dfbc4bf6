import ASAP
import FuzzTargets
import Testing

/// The engines under random sequences of operations: what their programs call, what peers send, how associations come and go,
/// how time passes. What has to hold for every sequence stands with each target in `FuzzTargets`.
@Suite("Engines under operation sequences")
struct OperationSequenceTests {
    private static let seeds = 0..<150 as Range<UInt64>

    private func run(_ target: FuzzTarget, seed: UInt64) {
        var generator = SeededRandomNumberGenerator(seed: seed)
        let length = Int.random(in: 100...1_500, using: &generator)
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let fault = target.run(bytes)
        #expect(fault == nil, "\(target.rawValue), seed \(seed)")
    }

    @Test("A registrar answers every request, keeps its limits and empties when all are gone", arguments: seeds)
    func registrar(seed: UInt64) {
        run(.registrarSequence, seed: seed)
    }

    @Test("A pool element that wants in or out always gets on, and each session has its end", arguments: seeds)
    func poolElement(seed: UInt64) {
        run(.poolElementSequence, seed: seed)
    }

    @Test("A pool user loses no session and no message without telling, and answers every question", arguments: seeds)
    func poolUser(seed: UInt64) {
        run(.poolUserSequence, seed: seed)
    }
}
