import Foundation
import Testing

@testable import rserpool

struct DemoJournalTests {
    @Test func whatWasSeenBeforeIsFoundAtOnce() async {
        let journal = DemoJournal()
        await journal.note("registered", "is in the pool", of: "element A", 3, ["element": "0x1"])
        let entry = await journal.first(within: .seconds(5)) { $0.event == "registered" }
        #expect(entry?.fields == ["element": "0x1"])
    }

    @Test func whatComesLaterIsWaitedFor() async {
        let journal = DemoJournal()
        async let entry = journal.first(within: .seconds(20)) { $0.who == "user" && $0.event == "summary" }
        await journal.note("summary", "another", of: "element A")
        await journal.note("summary", "the user's", of: "user")
        #expect(await entry?.message == "the user's")
    }

    @Test func whatDoesNotComeIsGivenUp() async {
        let journal = DemoJournal()
        #expect(await journal.first(within: .milliseconds(20)) { _ in true } == nil)
        async let entry = journal.first(within: .seconds(600)) { _ in true }
        // However the two race: whoever waits is released by one of these calls.
        let releaser = Task {
            while !Task.isCancelled {
                await journal.giveUpAll()
                await Task.yield()
            }
        }
        #expect(await entry == nil)
        releaser.cancel()
    }

    @Test func eventsAreReadFromJSONAndTheRestIsStray() async throws {
        let journal = DemoJournal()
        let line = EventLine(
            time: Date().timeIntervalSince1970, level: "debug", role: "user", event: "cookie", message: "got a cookie",
            fields: ["count": "3"])
        await journal.note(errorLine: Array(try line.encoded), of: "user", showing: .none)
        await journal.note(errorLine: Array("Fatal error".utf8), of: "user", showing: .none)
        let entries = await journal.entries
        #expect(entries.map(\.event) == ["cookie", "stray"])
        #expect(entries.map(\.message) == ["got a cookie", "Fatal error"])
        #expect(entries.map(\.isShown) == [false, true])
    }

    @Test func theTimelineShowsWhatIsReportedAndTheHuntForARegistrar() async throws {
        let journal = DemoJournal()
        for (level, event) in [("debug", "keep-alive-sent"), ("debug", "registrar-found"), ("info", "registered")] {
            let line = EventLine(
                time: Date().timeIntervalSince1970, level: level, role: "element", event: event, message: "", fields: [:])
            for shown in [DemoJournal.Shown.none, .timeline, .all] {
                await journal.note(errorLine: Array(try line.encoded), of: "element A", 1, showing: shown)
            }
        }
        let shown = await journal.entries.map(\.isShown)
        #expect(shown == [false, false, true, false, true, true, false, true, true])
    }

    @Test func theTimelineIsSortedAndShowsEachEntryOnce() async throws {
        let journal = DemoJournal()
        let start = Date().timeIntervalSince1970
        for (offset, message) in [(0.2, "second"), (0.1, "first"), (9.0, "third")] {
            let line = EventLine(time: start + offset, level: "info", role: "user", event: "e", message: message, fields: [:])
            await journal.note(errorLine: Array(try line.encoded), of: "user")
        }
        await journal.name("sec", "2")
        #expect(await journal.takeShown(before: 5).map(\.message) == ["first", "2ond"])
        #expect(await journal.takeShown(before: 5).isEmpty)
        #expect(await journal.takeShown(before: .infinity).map(\.message) == ["third"])
    }
}
