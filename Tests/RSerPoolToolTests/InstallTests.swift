import Foundation
import Testing

@testable import rserpool

/// What `make install` puts where, and the manual pages.
struct InstallTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/install-tool")

    private func directory() throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "rserpool-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    @Test func everythingIsInItsPlace() async throws {
        let root = try directory()
        defer { try? FileManager.default.removeItem(at: root) }
        let outcome = try await ToolRun([try ToolRun.executable.path, root.path + "/usr"], executable: Self.script).finish(
            limit: 60)
        #expect(outcome.status == 0, "\(outcome.error)")
        for file in [
            "bin/rserpool", "share/man/man1/rserpool.1", "share/man/man1/rserpool-element.1",
            "share/zsh/site-functions/_rserpool",
            "share/bash-completion/completions/rserpool", "share/fish/vendor_completions.d/rserpool.fish",
        ] {
            let size = try FileManager.default.attributesOfItem(atPath: root.path + "/usr/" + file)[.size] as? Int
            #expect((size ?? 0) > 500, "\(file)")
        }
        let installed = try await ToolRun(["--version"], executable: root.appendingPathComponent("usr/bin/rserpool")).finish()
        #expect(installed.output == ToolVersion.text + "\n")
        let completions = root.path + "/usr/share/bash-completion/completions/rserpool"
        let checked = try await ToolRun(
            [
                "-c",
                "source \(completions); COMP_LINE='rserpool element --policy weighted-r'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=3; "
                    + "_rserpool rserpool weighted-r --policy; echo ${COMPREPLY[@]}",
            ],
            executable: URL(fileURLWithPath: "/bin/bash")
        ).finish()
        #expect(checked.output == "weighted-round-robin weighted-random weighted-random-distance\n", "\(checked.error)")
    }

    /// Each command has a page, and each of its options stands in it.
    @Test func thePagesTellWhatTheHelpTells() async throws {
        let pages = try ManualPage.pages(of: RSerPoolTool.self)
        #expect(pages.first?.name == "rserpool")
        let commands = pages.dropFirst().map { String($0.name.dropFirst("rserpool-".count)) }
        #expect(Set(commands).isSuperset(of: ["registrar", "element", "user", "resolve", "decode", "simulate", "demo"]))
        for (command, page) in zip(commands, pages.dropFirst()) {
            #expect(pages[0].text.contains("rserpool\\-\(command) (1)"))
            let help = try await ToolRun([command, "--help"]).finish().output
            for option in help.matches(of: /(?m)^ +(--[a-z-]+)/).map({ String($0.output.1) }) {
                #expect(page.text.contains(option.replacing("-", with: "\\-")), "\(command) \(option)")
            }
            #expect(!page.text.contains(/(?m)^'/), "a line that the formatter takes for a request")
        }
    }

    @Test func aDirectoryThatIsNotThereIsSaid() async throws {
        let outcome = try await ToolRun(["manual", "/nowhere/at/all"]).finish()
        #expect(outcome.status == rserpool.ExitStatus.system.rawValue)
        #expect(outcome.error.contains("/nowhere/at/all"))
    }
}
