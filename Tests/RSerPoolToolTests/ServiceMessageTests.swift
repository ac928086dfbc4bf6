import Foundation
import Testing

@testable import rserpool

/// The services' messages and what they are made of, without a network. The bytes are what rsplib 3.4.4's programs send.
struct ServiceMessageTests {
    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.filter { $0 != " " }.map { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test func pingAndPongAreReadAndWritten() throws {
        let text = Array("Nachricht: 1".utf8)
        let ping = Self.bytes("01000018 0000000000000001") + text
        #expect(PingPongMessage(ping) == .ping(number: 1, data: text))
        #expect(PingPongMessage.ping(number: 1, data: text).encoded == ping)
        let pong = Self.bytes("02000020 0000000000000001 0000000000000007") + text
        #expect(PingPongMessage(pong) == .pong(number: 1, reply: 7, data: text))
        #expect(PingPongMessage.pong(number: 1, reply: 7, data: text).encoded == pong)
    }

    @Test(arguments: [
        "", "01", "0100000c 00000000 000000", "0100000d 00000000 00000000", "0300000c 00000000 00000000",
        "0200000c 00000000 00000000",
    ])
    func otherBytesAreNoPing(hexadecimal: String) {
        #expect(PingPongMessage(Self.bytes(hexadecimal)) == nil)
    }

    @Test func aPongThatIsTooLongIsNotWritten() {
        #expect(PingPongMessage.pong(number: 1, reply: 1, data: [UInt8](repeating: 0, count: 65_515)).encoded?.count == 65_535)
        #expect(PingPongMessage.pong(number: 1, reply: 1, data: [UInt8](repeating: 0, count: 65_516)).encoded == nil)
    }

    @Test func pingPongCookiesCarryTheNextNumber() {
        let cookie = Self.bytes("3c50502d5444313e 0000000000000007")
        #expect(PingPongService.cookie(next: 7) == cookie)
        #expect(PingPongService.next(cookie: cookie) == 7)
        for other in [
            "", "3c50502d5444313e", "3c50502d5444313e 0000000000000000", "3c50502d5444313e ffffffffffffffff",
            "3c50502d5444323e 0000000000000001", "3c50502d5444313e 000000000000000100",
        ] {
            #expect(PingPongService.next(cookie: Self.bytes(other)) == nil)
        }
    }

    @Test(arguments: [
        ("01000018 00000001 00000000000018e2 0000000000000000", CalculationMessage(.request, job: 1, size: 6370)),
        ("02000018 00000001 0000000000000000 0000000000000000", CalculationMessage(.accept, job: 1)),
        (
            "05000018 00000001 00000000000018e2 00000000000018e2",
            CalculationMessage(.complete, job: 1, size: 6370, completed: 6370)
        ),
        ("06000018 00000002 0000000000000000 0000000000000000", CalculationMessage(.keepAlive, job: 2)),
        ("07000018 00000002 0000000000000000 0000000000000000", CalculationMessage(.keepAliveAcknowledgement, job: 2)),
    ])
    func calculationsAreReadAndWritten(hexadecimal: String, message: CalculationMessage) {
        #expect(CalculationMessage(Self.bytes(hexadecimal)) == message)
        #expect(message.encoded == Self.bytes(hexadecimal))
    }

    @Test(arguments: [
        "", "01000018 00000001", "01000017 00000001 00000000000018e2 0000000000000000",
        "08000018 00000001 00000000000018e2 0000000000000000", "01000018 00000001 00000000000018e2 000000000000000000",
    ])
    func otherBytesAreNoCalculation(hexadecimal: String) {
        #expect(CalculationMessage(Self.bytes(hexadecimal)) == nil)
    }

    @Test func calculationCookiesCarryTheJob() throws {
        let cookie = Self.bytes("00000001 00000000000018e2 00000000000003e8")
        #expect(CalculationMessage.cookie(job: 1, size: 6370, completed: 1000) == cookie)
        let job = try #require(CalculationMessage.job(cookie: cookie))
        #expect(job == (1, 6370, 1000))
        #expect(CalculationMessage.job(cookie: Self.bytes("00000001 0000000000000001 0000000000000002")) == nil)
        #expect(CalculationMessage.job(cookie: Array(cookie.dropLast())) == nil)
    }

    // MARK: The model of the processor

    /// The model as an object, since expectations cannot change values.
    private final class Processor {
        private var model: CalculationModel

        init(capacity: Double, places: Int) {
            model = CalculationModel(capacity: capacity, places: places)
        }

        var jobs: [CalculationModel.Job] { model.jobs }
        var load: Double { model.load }
        var nextDone: Duration? { model.nextDone }

        func add(owner: UInt64, size: Double, completed: Double, at now: Duration) -> Bool {
            model.add(owner: owner, size: size, completed: completed, at: now)
        }

        func remove(owner: UInt64, at now: Duration) {
            model.remove(owner: owner, at: now)
        }

        func completed(owner: UInt64, at now: Duration) -> UInt64? {
            model.completed(owner: owner, at: now)
        }

        func takeDone(at now: Duration) -> [UInt64] {
            model.takeDone(at: now)
        }
    }

    @Test func jobsShareTheProcessorEvenly() {
        let model = Processor(capacity: 100, places: 2)
        #expect(model.load == 0)
        #expect(model.nextDone == nil)
        #expect(model.add(owner: 1, size: 100, completed: 0, at: .seconds(10)))
        #expect(model.load == 0.5)
        // Half a second alone, then half of the processor.
        #expect(model.add(owner: 2, size: 100, completed: 60, at: .milliseconds(10_500)))
        #expect(!model.add(owner: 3, size: 1, completed: 0, at: .milliseconds(10_500)))
        #expect(model.completed(owner: 1, at: .milliseconds(10_500)) == 50)
        #expect(model.takeDone(at: .milliseconds(11_299)).isEmpty)
        #expect(model.takeDone(at: .milliseconds(11_301)) == [2])
        #expect(model.load == 0.5)
        // 50 and 40 are done; 10 are left for the whole processor.
        #expect(model.takeDone(at: .milliseconds(11_399)).isEmpty)
        #expect(model.takeDone(at: .milliseconds(11_402)) == [1])
        #expect(model.nextDone == nil)
    }

    @Test func aJobIsDoneWhenItIsLookedAtThen() throws {
        let model = Processor(capacity: 3, places: 5)
        for owner in 1...5 as ClosedRange<UInt64> {
            #expect(model.add(owner: owner, size: Double(owner) * 0.7, completed: 0, at: .zero))
        }
        for owner in 1...5 as ClosedRange<UInt64> {
            #expect(model.takeDone(at: try #require(model.nextDone)) == [owner])
        }
    }

    @Test func anOwnerHasOneJobAndMayGiveItUp() {
        let model = Processor(capacity: 1, places: 3)
        #expect(model.add(owner: 1, size: .infinity, completed: 0, at: .zero))
        #expect(!model.add(owner: 1, size: 1, completed: 0, at: .zero))
        model.remove(owner: 1, at: .seconds(1))
        #expect(model.jobs.isEmpty)
        #expect(model.completed(owner: 1, at: .seconds(1)) == nil)
    }

    /// Numbers that a user may send, and floating-point numbers cannot count.
    @Test func theGreatestJobIsCounted() {
        let model = Processor(capacity: 1, places: 1)
        #expect(model.add(owner: 1, size: Double(UInt64.max), completed: Double(UInt64.max), at: .zero))
        #expect(model.completed(owner: 1, at: .zero) == .max)
    }

    // MARK: Others

    @Test func charactersMoveByOneEachLine() {
        #expect(CharacterGeneratorService.line(0).count == 74)
        #expect(String(decoding: CharacterGeneratorService.line(0).prefix(4), as: UTF8.self) == " !\"#")
        #expect(String(decoding: CharacterGeneratorService.line(94).prefix(4), as: UTF8.self) == "~ !\"")
    }

    @Test func theTimeIsToldInEnglish() {
        #expect(DaytimeService.text(Date(timeIntervalSince1970: 0)) == "Thursday, January 1, 1970 00:00:00-UTC")
        #expect(DaytimeService.text(Date(timeIntervalSince1970: 1_709_210_096)) == "Thursday, February 29, 2024 12:34:56-UTC")
    }
}
