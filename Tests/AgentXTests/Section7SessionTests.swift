import RequirementTesting
import Testing

@testable import AgentX

@Suite("RFC 2741 §7.1: sessions and rows")
struct Section7SessionTests {
    static let row = SharedRow(
        key: 1, indexObject: [1, 3, 6, 1, 3, 9, 1, 1],
        tables: [
            SharedRow.Table([1, 3, 6, 1, 3, 9, 1], columns: 2...4), SharedRow.Table([1, 3, 6, 1, 3, 9, 2], columns: 1...2),
        ])

    @Test("A session opens once the connection is there")
    func opening() throws {
        var stage = Stage()
        try stage.handle(.start)
        #expect(stage.connects == 1 && stage.sent.isEmpty)
        try stage.handle(.connected)
        #expect(
            stage.sent.map(\.body) == [.open(timeout: 0, identifier: [], description: Array("RSerPool".utf8))])
        try stage.answerLast()
        #expect(stage.events == [.opened(session: 7)])
    }

    @Test("A lost connection is tried again, each time after twice the wait")
    func reconnecting() throws {
        var stage = Stage()
        try stage.handle(.start)
        for wait in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            try stage.handle(.disconnected("refused"))
            #expect(stage.session.nextDeadline == stage.now + .milliseconds(wait))
            let tries = stage.connects
            stage.now += .milliseconds(wait)
            try stage.handle(.timer)
            #expect(stage.connects == tries + 1)
        }
        // A session that opened begins anew with the first wait.
        try stage.handle(.connected)
        try stage.answerLast()
        try stage.handle(.disconnected("gone"))
        #expect(stage.session.nextDeadline == stage.now + .milliseconds(500))
    }

    @Test("A master agent that does not answer is given up")
    func silence() throws {
        var stage = Stage()
        try stage.open()
        stage.now += .seconds(30)
        try stage.handle(.timer)
        #expect(stage.taken().map(\.body) == [.ping])
        stage.now += .seconds(10)
        try stage.handle(.timer)
        #expect(stage.taken().map(\.body) == [.close(.timeouts)])
        #expect(stage.disconnects == 1)
    }

    @Test("§7.1.4.2.2: a row gets an index, then its regions are registered", .requirement("mib-5-R2"))
    func rows() throws {
        var stage = Stage()
        try stage.handle(.add(Self.row))
        try stage.open()
        #expect(
            stage.sent.map(\.body) == [
                .indexAllocate([VariableBinding([1, 3, 6, 1, 3, 9, 1, 1], .integer(0))], .new)
            ])
        try stage.answerLast(
            AgentXMessage.Response(bindings: [VariableBinding([1, 3, 6, 1, 3, 9, 1, 1], .integer(12))]))
        #expect(
            stage.sent.map(\.body) == [
                .register(
                    AgentXMessage.Region([1, 3, 6, 1, 3, 9, 1, 2, 12], rangePlace: 8, upperBound: 4), timeout: 0,
                    isInstance: false)
            ])
        try stage.answerLast()
        #expect(
            stage.sent.map(\.body) == [
                .register(
                    AgentXMessage.Region([1, 3, 6, 1, 3, 9, 2, 1, 12], rangePlace: 8, upperBound: 2), timeout: 0,
                    isInstance: false)
            ])
        #expect(stage.session.index(ofRow: 1) == nil)
        try stage.answerLast()
        #expect(stage.session.index(ofRow: 1) == 12)
        #expect(stage.events.last == .rowReady(key: 1, index: 12))

        try stage.handle(.remove(key: 1))
        #expect(
            stage.taken().map(\.body) == [
                .unregister(AgentXMessage.Region([1, 3, 6, 1, 3, 9, 1, 2, 12], rangePlace: 8, upperBound: 4)),
                .unregister(AgentXMessage.Region([1, 3, 6, 1, 3, 9, 2, 1, 12], rangePlace: 8, upperBound: 2)),
                .indexDeallocate([VariableBinding([1, 3, 6, 1, 3, 9, 1, 1], .integer(12))]),
            ])
    }

    @Test("§7.1.4.2.2: where somebody has the row, another index is taken", .requirement("mib-5-R2"))
    func duplicates() throws {
        var stage = Stage()
        try stage.open()
        try stage.handle(.add(Self.row))
        try stage.answerLast(AgentXMessage.Response(bindings: [VariableBinding(Self.row.indexObject, .integer(1))]))
        try stage.answerLast()
        try stage.answerLast(AgentXMessage.Response(.duplicateRegistration))
        #expect(stage.sent.map(\.body.type) == [.unregister, .indexDeallocate, .indexAllocate])
        try stage.answerLast(AgentXMessage.Response(bindings: [VariableBinding(Self.row.indexObject, .integer(2))]))
        try stage.answerLast()
        try stage.answerLast()
        #expect(stage.session.index(ofRow: 1) == 2)
    }

    @Test("A row that is always a duplicate is given up after the limit, and everybody told")
    func endlessDuplicates() throws {
        var stage = Stage()
        try stage.open()
        try stage.handle(.add(Self.row))
        var rounds = 0
        while stage.sent.last?.body.type == .indexAllocate, rounds < 100 {
            rounds += 1
            try stage.answerLast(
                AgentXMessage.Response(bindings: [VariableBinding(Self.row.indexObject, .integer(Int32(rounds)))]))
            try stage.answerLast(AgentXMessage.Response(.duplicateRegistration))
        }
        #expect(rounds == AgentXSession<TableObjects>.maximumIndexRetries + 1)
        #expect(stage.events.last == .rowRefused(key: 1, .duplicateRegistration))
    }

    @Test("A row that goes while its index is under way gives the index back")
    func removedEarly() throws {
        var stage = Stage()
        try stage.open()
        try stage.handle(.add(Self.row))
        let request = stage.sent.last?.packet ?? 0
        try stage.handle(.remove(key: 1))
        stage.sent = []
        let binding = VariableBinding(Self.row.indexObject, .integer(4))
        try stage.handle(
            .received(
                AgentXMessage(.response(AgentXMessage.Response(bindings: [binding])), session: 7, packet: request).encoded))
        #expect(stage.taken().map(\.body) == [.indexDeallocate([binding])])
    }

    /// A session after another one, in which the row had index 3 if it `hadIndex`.
    private func reopened(hadIndex: Bool) throws -> Stage {
        var stage = Stage()
        try stage.open()
        try stage.handle(.add(Self.row))
        if hadIndex {
            try stage.answerLast(AgentXMessage.Response(bindings: [VariableBinding(Self.row.indexObject, .integer(3))]))
        }
        try stage.handle(.disconnected("restarted"))
        #expect(stage.session.index(ofRow: 1) == nil)
        stage.now += .milliseconds(500)
        stage.sent = []
        try stage.handle(.timer)
        try stage.handle(.connected)
        try stage.answerLast()
        return stage
    }

    /// The master agent gives the index that was asked for, and takes both regions.
    private func grant(_ index: Int32, in stage: inout Stage) throws {
        try stage.answerLast(AgentXMessage.Response(bindings: [VariableBinding(Self.row.indexObject, .integer(index))]))
        for _ in Self.row.tables { try stage.answerLast() }
        #expect(stage.session.index(ofRow: 1) == UInt32(index))
    }

    @Test("§7.1.4.2.2: rows are registered again in the next session, with their index", .requirement("mib-5-R2"))
    func rowsAgain() throws {
        var stage = try reopened(hadIndex: true)
        #expect(stage.sent.map(\.body) == [.indexAllocate([VariableBinding(Self.row.indexObject, .integer(3))], .given)])
        try grant(3, in: &stage)
    }

    @Test("§7.1.4.2.2: a row whose former index somebody else has by now is given a new one")
    func formerIndexTaken() throws {
        var stage = try reopened(hadIndex: true)
        try stage.answerLast(AgentXMessage.Response(.indexAlreadyAllocated))
        #expect(stage.sent.map(\.body) == [.indexAllocate([VariableBinding(Self.row.indexObject, .integer(0))], .new)])
        try grant(8, in: &stage)
    }

    @Test("A row that had no index yet is given any in the next session")
    func withoutFormerIndex() throws {
        let stage = try reopened(hadIndex: false)
        #expect(stage.sent.map(\.body) == [.indexAllocate([VariableBinding(Self.row.indexObject, .integer(0))], .new)])
    }

    @Test("Stopping closes the session, and nothing happens afterwards")
    func stopping() throws {
        var stage = Stage()
        try stage.open()
        try stage.handle(.stop)
        #expect(stage.taken().map(\.body) == [.close(.shutDown)])
        #expect(stage.disconnects == 1 && stage.session.nextDeadline == nil)
        try stage.handle(.disconnected("closed"))
        try stage.handle(.start)
        #expect(stage.connects == 1)
    }
}
