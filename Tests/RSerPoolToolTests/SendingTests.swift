import Foundation
import Testing

@testable import rserpool

/// The user's options for sending (RFC 5352 §6.5.5).
struct SendingTests {
    @Test func aMessageToAllIsAnsweredByAll() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.45.1")
        for number in 2...4 {
            _ = try await stage.element(
                "element \(number)", at: "127.0.45.\(number)", registrar.address, "--identifier", "\(number)")
        }
        let user = try stage.start("user", ["user", "--to-all", "--local", "127.0.45.5", "--registrar", registrar.address])
        try user.write("hello\n")
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(
            await stage.output(of: user).sorted() == ["0x00000002: 1: hello", "0x00000003: 1: hello", "0x00000004: 1: hello"])
    }

    @Test func withoutFailoverWhatIsLostIsSaid() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.46.1")
        let elements = [
            try await stage.element("element 1", at: "127.0.46.2", registrar.address),
            try await stage.element("element 2", at: "127.0.46.3", registrar.address),
        ]
        let user = try stage.start(
            "user", ["user", "--no-failover", "--local", "127.0.46.4", "--registrar", registrar.address])
        try user.write("one\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "1: one" }
        let first = try await stage.expect("session-began", of: "element 1", orOf: "element 2")
        let victim = elements[first.who == "element 1" ? 0 : 1]
        // Frozen it takes the message and does not answer; then it is gone.
        try await stage.freeze(victim)
        try user.write("lost\n")
        _ = try await stage.expect("messages-lost", of: "user") { $0.fields["messages"] == "1" }
        try user.write("two\n")
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(await stage.output(of: user) == ["1: one", "2: two"])
    }

    @Test func aMessageHasTheHeaderThatIsAskedFor() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.47.1")
        let element = try await stage.element("element", at: "127.0.47.2", registrar.address)
        let user = try stage.start(
            "user",
            [
                "user", "--unordered", "--stream", "3", "--payload-protocol", "77", "--local", "127.0.47.3", "--registrar",
                registrar.address,
            ])
        try user.write("hello\n")
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(await stage.output(of: user) == ["1: hello"])
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }
}
