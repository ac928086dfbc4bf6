import Foundation
import Testing

@testable import rserpool

/// The user at a terminal, which script(1) makes, and at a pipe.
struct TerminalTests {
    private func run(at ip: String, _ registrar: String, isTerminal: Bool, lines: [String])
        async throws -> String
    {
        let arguments = [
            "user", "--local", ip, "--registrar", registrar, "--timing", "fast", "--transport", "userland",
        ]
        let tool = try ToolRun.executable
        let run =
            isTerminal
            ? try ToolRun(
                ["-qec", ([tool.path] + arguments).joined(separator: " "), "/dev/null"],
                executable: URL(fileURLWithPath: "/usr/bin/script"))
            : try ToolRun(arguments)
        // Ctrl-D: the terminal ends the input.
        let text = lines.map { $0 + "\n" }.joined() + (isTerminal ? "\u{4}" : "")
        return try await run.finish(input: text).output
    }

    @Test func aTerminalIsPromptedAndAPipeIsNot() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.41.1")
        let element = try await stage.element("element", at: "127.0.41.2", registrar.address)
        let piped = try await run(
            at: "127.0.41.3", registrar.address, isTerminal: false, lines: ["hello"])
        #expect(piped == "1: hello\n")
        let typed = try await run(
            at: "127.0.41.4", registrar.address, isTerminal: true, lines: ["hello"])
        #expect(typed.contains("EchoPool> "), "\(typed)")
        #expect(typed.contains("1: hello\r\n"), "\(typed)")
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func severalAnswersAreWaitedFor() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.42.1")
        let element = try stage.start(
            "element", ["element", "--local", "127.0.42.2", "--registrar", registrar.address, "--pool", "Shell"],
            last: ["--exec", "sh"])
        _ = try await stage.expect("registered", of: "element")
        let user = try stage.start(
            "user", ["user", "--local", "127.0.42.3", "--registrar", registrar.address, "--pool", "Shell", "--linger", "6"])
        try user.write("for n in 1 2 3; do echo $n; sleep 0.2; done\n")
        try user.endInput()
        #expect(try await stage.status(of: user) == 0)
        #expect(await stage.output(of: user) == ["1", "2", "3"])
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }
}
