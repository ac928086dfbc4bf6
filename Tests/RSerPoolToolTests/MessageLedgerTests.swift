import Testing

@testable import rserpool

struct MessageLedgerTests {
    private func ledger(sending texts: String...) -> MessageLedger {
        var ledger = MessageLedger()
        for text in texts { ledger.add(Array(text.utf8)) }
        return ledger
    }

    @Test func anEchoAcknowledgesTheOldestMessage() {
        var ledger = ledger(sending: "a", "b")
        #expect(ledger.receive(Array("1: a".utf8)) == .acknowledged(1, count: 1))
        #expect(ledger.receive(Array("b".utf8)) == .acknowledged(2, count: nil))
        #expect(ledger.pending.isEmpty)
        #expect(ledger.acknowledged == 2)
    }

    @Test func textThatLooksCountedIsStillText() {
        var ledger = ledger(sending: "7: a", "7: b")
        #expect(ledger.receive(Array("7: a".utf8)) == .acknowledged(1, count: nil))
        #expect(ledger.receive(Array("2: 7: b".utf8)) == .acknowledged(2, count: 2))
    }

    @Test(arguments: ["1: b", "b", "", ": a", "x: a", "-1: a"])
    func anotherTextIsNoAcknowledgement(answer: String) {
        var ledger = ledger(sending: "a", "b")
        guard case .wrong = ledger.receive(Array(answer.utf8)) else {
            Issue.record("'\(answer)' was taken for an echo of 'a'")
            return
        }
        #expect(ledger.acknowledged == 0)
    }

    @Test func anAnswerNobodyAskedForIsWrong() {
        var ledger = MessageLedger()
        #expect(ledger.receive([1]) == .wrong("an answer came that no message asked for"))
    }

    @Test func aCountMayGrowByWhatWasSentAgainAndNeverShrink() {
        var ledger = ledger(sending: "a", "b", "c")
        #expect(ledger.receive(Array("1: a".utf8)) == .acknowledged(1, count: 1))
        #expect(ledger.resend().map(\.number) == [2, 3])
        #expect(ledger.receive(Array("4: b".utf8)) == .acknowledged(2, count: 4))
        guard case .wrong = ledger.receive(Array("2: c".utf8)) else {
            Issue.record("a count below the message's number was taken")
            return
        }
        guard case .wrong = ledger.receive(Array("6: c".utf8)) else {
            Issue.record("a count that nothing explains was taken")
            return
        }
        #expect(ledger.receive(Array("3: c".utf8)) == .acknowledged(3, count: 3))
    }

    @Test func theWindowFills() {
        var ledger = MessageLedger()
        for _ in 0..<MessageLedger.window {
            #expect(ledger.hasRoom)
            ledger.add([0])
        }
        #expect(!ledger.hasRoom)
        ledger.receiveAny()
        #expect(ledger.hasRoom)
    }

    @Test func whatWasSentTwiceMayBeAnsweredTwice() {
        var ledger = ledger(sending: "a", "b")
        #expect(ledger.receive(Array("1: a".utf8)) == .acknowledged(1, count: 1))
        _ = ledger.resend()
        ledger.add(Array("c".utf8))
        #expect(ledger.receive(Array("2: b".utf8)) == .acknowledged(2, count: 2))
        #expect(ledger.receive(Array("3: b".utf8)) == .repeated)
        guard case .wrong = ledger.receive(Array("1: a".utf8)) else {
            Issue.record("a second answer to a message that was sent once was taken")
            return
        }
        #expect(ledger.receive(Array("4: c".utf8)) == .acknowledged(3, count: 4))
        #expect(ledger.acknowledged == 3)
    }
}
