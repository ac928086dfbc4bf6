import Foundation
import RSerPoolStatus
import Testing

@testable import rserpool

/// `rserpool status`, with programs that run.
struct StatusTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("rs-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    }

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func status(_ arguments: String...) async throws -> ToolRun.Outcome {
        try await ToolRun(["status"] + arguments, environment: ["XDG_RUNTIME_DIR=\(directory.path)"]).finish(limit: 120)
    }

    private func object(_ outcome: ToolRun.Outcome) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func everyRoleTells() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.7.1.1", "--status", path("registrar"))
        let element = try await stage.element("element", at: "127.7.1.2", registrar.address, "--status", path("element"))
        let user = try stage.start(
            "user",
            [
                "user", "--local", "127.7.1.3", "--registrar", registrar.address, "--count", "100000", "--interval", "200",
                "--until-input-ends", "--status", path("user"),
            ])
        _ = try await stage.expect("connected", of: "user")

        let seen = try object(try await status(path("registrar"), "--json"))
        #expect(seen["role"] as? String == "registrar")
        let pools = try #require(seen["pools"] as? [[String: Any]])
        #expect(pools.map { $0["handle"] as? String } == ["EchoPool"])
        let identifier = try #require((pools[0]["elements"] as? [[String: Any]])?.first?["identifier"] as? String)

        let table = try await status(path("registrar"))
        #expect(table.status == 0)
        #expect(table.output.contains("serves"))
        #expect(table.output.contains("pool EchoPool: round-robin, 1 element"))
        #expect(table.output.contains(identifier))

        let elementText = try await status(path("element"))
        #expect(elementText.output.contains("element           \(identifier) of pool EchoPool"))
        #expect(elementText.output.contains("registered"))
        let userStatus = try object(try await status(path("user"), "--json"))
        #expect((userStatus["sessions"] as? [[String: Any]])?.first?["element"] as? String == identifier)
        #expect(try await status(path("user")).output.contains(identifier))

        // What is killed leaves its socket; who starts there next replaces it.
        element.kill()
        _ = try await stage.expect("exited", of: "element")
        let gone = try await status(path("element"))
        #expect(gone.status == ExitStatus.unavailable.rawValue)
        #expect(gone.error.contains("nobody listens at \(path("element"))"))
        _ = try await stage.element("second", at: "127.7.1.4", registrar.address, "--status", path("element"))
        #expect(try await status(path("element")).output.contains("registered"))

        // A path at which a program runs is not to be had.
        let refused = try stage.start(
            "third", ["registrar", "--listen", "127.7.1.5", "--until-input-ends", "--status", path("registrar")])
        #expect(try await stage.status(of: refused) == ExitStatus.cannotBind.rawValue)
        withExtendedLifetime(user) {}
    }

    @Test func withoutAPathAllAreShown() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let none = try await status()
        #expect(none.status == ExitStatus.unavailable.rawValue)
        #expect(none.error.contains("no program runs"))

        let run = try ToolRun(
            ["registrar", "--listen", "127.7.2.1", "--transport", "userland", "--until-input-ends"],
            environment: ["XDG_RUNTIME_DIR=\(directory.path)"])
        try run.start()
        var shown = try await status("--json")
        while shown.status != 0 { shown = try await status("--json") }
        let all = try #require(JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]])
        #expect(all.map { $0["role"] as? String } == ["registrar"])
        #expect(try await status().output.contains("registrar-\(run.processIdentifier)"))
        run.signal(SIGTERM)
        run.wait()
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("rserpool")).isEmpty)
    }

    @Test func nothingThereIsSaid() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let missing = try await status(path("none"))
        #expect(missing.status == ExitStatus.unavailable.rawValue)
        #expect(missing.error.contains("there is nothing at \(path("none"))"))
        try "text".write(toFile: path("file"), atomically: true, encoding: .utf8)
        #expect(try await status(path("file")).error.contains("nobody listens"))
    }

    @Test(
        arguments: [
            (.null, ""), (.number(0.26), "0.2 s"), (59, "59.0 s"), (61, "1 min 1 s"), (.number(7_260.9), "2 h 1 min"),
            (100_000, "1 d 3 h"), (.number(1e300), ""), ("text", ""),
        ] as [(StatusValue, String)])
    func timesAreForPeople(value: StatusValue, text: String) {
        #expect(StatusText.time(value) == text)
    }
}
