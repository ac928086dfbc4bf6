import Foundation
import Testing

@testable import rserpool

/// The commands as processes over userland SCTP.
struct CommandTests {
    @Test func linesAreMessagesAndAnswersAreLines() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.11.1")
        let element = try await stage.element("element", at: "127.0.11.2", registrar.address)
        let user = try stage.start("user", ["user", "--local", "127.0.11.3", "--registrar", registrar.address])
        try user.write("hello\n\nworld\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "2: world" }
        try user.write("no end of line")
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(await stage.output(of: user) == ["1: hello", "2: world", "3: no end of line"])
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
        _ = try await stage.expect("deregistered", of: "registrar")
        registrar.process.terminate()
        #expect(try await stage.status(of: registrar.process) == 0)
    }

    @Test func aKilledElementCostsNoAcknowledgedMessage() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.12.1")
        let elements = [
            try await stage.element("element 1", at: "127.0.12.2", registrar.address),
            try await stage.element("element 2", at: "127.0.12.3", registrar.address),
        ]
        let user = try stage.start("user", ["user", "--local", "127.0.12.4", "--registrar", registrar.address])
        func write(_ numbers: ClosedRange<Int>) throws {
            try user.write(numbers.map { "line \($0)\n" }.joined())
        }
        try write(1...200)
        _ = try await stage.expect("output", of: "user") { $0.message == "200: line 200" }
        let connected = try await stage.expect("connected", of: "user")
        let registrations = try await [
            stage.expect("registered", of: "element 1"), stage.expect("registered", of: "element 2"),
        ]
        let victim = try #require(registrations.firstIndex { $0.fields["element"] == connected.fields["element"] })
        // However late the kill comes, it comes within the session.
        try write(201...700)
        elements[victim].kill()
        _ = try await stage.expect("exited", of: elements[victim].who)
        try write(701...900)
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(await stage.output(of: user) == (1...900).map { "\($0): line \($0)" })
        _ = try await stage.expect("session-resumed", of: elements[1 - victim].who)
    }

    @Test func aPoolIsShownAsTableAndAsJSON() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.13.1")
        let leastUsed = [
            "--policy", "least-used:load=40%", "--life", "77", "--identifier", "0xab", "--pool", "Reading Room",
        ]
        let element = try stage.start(
            "element", ["element", "--local", "127.0.13.2", "--registrar", registrar.address, "--until-input-ends"] + leastUsed)
        _ = try await stage.expect("registered", of: "element")
        let arguments = ["resolve", "--local", "127.0.13.3", "--registrar", registrar.address, "--pool", "Reading Room"]
        let json = try stage.start("json", arguments + ["--json"])
        #expect(try await stage.status(of: json) == 0)
        let text = await stage.output(of: json).joined(separator: "\n")
        let pool = try JSONDecoder().decode(ResolvedPool.self, from: Data(text.utf8))
        #expect(pool.pool == "Reading Room")
        #expect(pool.policy == "least-used")
        #expect(pool.elements.map(\.identifier) == ["0x000000ab"])
        #expect(pool.elements.map(\.policy) == ["least-used:load=40%"])
        #expect(pool.elements.map(\.registrationLife) == [77])
        #expect(pool.elements.first?.addresses.first?.hasPrefix("127.0.13.2:") == true)
        let table = try stage.start("table", arguments)
        #expect(try await stage.status(of: table) == 0)
        #expect(await stage.output(of: table) == pool.table.split(separator: "\n").map(String.init))
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func servicesEndWithTheirInput() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.14.1")
        let element = try await stage.element("element", at: "127.0.14.2", registrar.address)
        try element.endInput()
        #expect(try await stage.status(of: element) == 0)
        _ = try await stage.expect("deregistered", of: "registrar")
        try registrar.process.endInput()
        #expect(try await stage.status(of: registrar.process) == 0)
    }

    /// A frozen element answers nothing, and nobody says so: only time-outs find it.
    @Test func aFrozenElementIsNoticedByTimeOut() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.21.1")
        let elements = [
            try await stage.element("element 1", at: "127.0.21.2", registrar.address),
            try await stage.element("element 2", at: "127.0.21.3", registrar.address),
        ]
        let user = try stage.start("user", ["user", "--local", "127.0.21.4", "--registrar", registrar.address])
        try user.write("one\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "1: one" }
        let connected = try await stage.expect("connected", of: "user")
        let registrations = try await [
            stage.expect("registered", of: "element 1"), stage.expect("registered", of: "element 2"),
        ]
        let frozen = try #require(registrations.firstIndex { $0.fields["element"] == connected.fields["element"] })
        try await stage.freeze(elements[frozen])
        try user.write("two\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "2: two" }
        _ = try await stage.expect("session-resumed", of: elements[1 - frozen].who) { $0.fields["count"] == "1" }
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(await stage.output(of: user) == ["1: one", "2: two"])
    }
}
