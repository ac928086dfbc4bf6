import SCTPTransport
import Testing

@testable import ASAP

/// Consumers are on threads of the tests; whoever fills the mailbox is on the loop, as in an endpoint.
struct MailboxTests {
    private static let rounds = 2_000

    @Test("What comes while a consumer begins to wait is taken")
    func arrivals() async throws {
        let loop = try EventLoop(name: "mailbox")
        let mailbox = Mailbox<Int>(on: loop)
        for number in 0..<Self.rounds {
            let consumer = Task { try await mailbox.next() }
            await Task.yield()
            loop.execute { mailbox.append(number) }
            #expect(try await consumer.value == [number])
        }
    }

    @Test("The end that comes while a consumer begins to wait is told")
    func ends() async throws {
        let loop = try EventLoop(name: "mailbox")
        for _ in 0..<Self.rounds {
            let mailbox = Mailbox<Int>(on: loop)
            let consumer = Task { try await mailbox.next() }
            await Task.yield()
            loop.execute { mailbox.finish() }
            #expect(try await consumer.value.isEmpty)
        }
    }

    @Test("A consumer that is cancelled while it begins to wait ends")
    func cancellations() async throws {
        let loop = try EventLoop(name: "mailbox")
        let mailbox = Mailbox<Int>(on: loop)
        for _ in 0..<Self.rounds {
            let consumer = Task { try await mailbox.next() }
            await Task.yield()
            consumer.cancel()
            await #expect(throws: CancellationError.self) { try await consumer.value }
        }
    }
}
