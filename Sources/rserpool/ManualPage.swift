import ArgumentParser
import Foundation

/// A manual page, made from what the command's help text is made from.
///
/// argument-parser's own plugin makes pages too, but fills examples and tables into paragraphs; it would be one more program to build.
struct ManualPage: Sendable {
    /// `rserpool-element`.
    var name: String
    /// In the macros of man(7).
    var text: String

    /// The tool's page and those of its commands.
    static func pages<Tool: ParsableCommand>(of _: Tool.Type) throws -> [ManualPage] {
        let tool = try JSONDecoder().decode(HelpDump.self, from: Data(Tool._dumpHelp().utf8)).command
        let commands = (tool.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
        let others = commands.map { "\(tool.commandName)-\($0.commandName)" }
        let main = ManualPage(tool, name: tool.commandName, synopsis: tool.commandName, commands: commands, seeAlso: others)
        return [main]
            + commands.map { command in
                ManualPage(
                    command, name: "\(tool.commandName)-\(command.commandName)",
                    synopsis: "\(tool.commandName) \(command.commandName)",
                    commands: [],
                    seeAlso: [tool.commandName] + others.filter { $0 != "\(tool.commandName)-\(command.commandName)" })
            }
    }

    private init(_ command: HelpDump.Command, name: String, synopsis: String, commands: [HelpDump.Command], seeAlso: [String]) {
        self.name = name
        let positionals = (command.arguments ?? []).filter { $0.kind == "positional" && $0.shouldDisplay ?? true }
        let options = (command.arguments ?? []).filter { $0.kind != "positional" && $0.shouldDisplay ?? true }
        var lines = [
            ".TH \(name.uppercased()) 1 \"\" \"rserpool \(ToolVersion.text)\" \"Reliable Server Pooling\"", ".SH NAME",
            "\(Self.escaped(name)) \\- \(Self.escaped(command.abstract ?? ""))", ".SH SYNOPSIS",
            ".B \(Self.escaped(synopsis))",
            Self.escaped(
                (commands.isEmpty ? "[options]" : "command [options]")
                    + positionals.map { " [\($0.valueName ?? "argument")]" }.joined()),
            ".SH DESCRIPTION",
        ]
        lines += Self.paragraphs(command.discussion ?? "")
        if !commands.isEmpty {
            lines.append(".SH COMMANDS")
            for command in commands {
                lines += [".TP", ".BR \(name)\\-\(command.commandName) (1)", Self.escaped(command.abstract ?? "")]
            }
        }
        var section: String?
        for argument in positionals + options {
            let title = (argument.sectionTitle ?? (argument.kind == "positional" ? "Arguments" : "Options")).uppercased()
            if title != section { lines.append(".SH \(title)") }
            section = title
            lines += [".TP", Self.head(of: argument)] + Self.body(of: argument)
        }
        lines += [".SH SEE ALSO", seeAlso.map { ".BR \(Self.escaped($0)) (1)" }.joined(separator: ",\n")]
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func head(of argument: HelpDump.Argument) -> String {
        guard argument.kind != "positional" else { return ".I \(escaped(argument.valueName ?? ""))" }
        let names = (argument.names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name }.joined(separator: ", ")
        let value = argument.kind == "option" ? " <\(argument.valueName ?? "value")>" : ""
        return ".B \(escaped(names + value))"
    }

    private static func body(of argument: HelpDump.Argument) -> [String] {
        var text = argument.abstract ?? ""
        if let values = argument.allValues, !values.isEmpty { text += " Values: \(values.joined(separator: ", "))." }
        if let standard = argument.defaultValue, !text.contains("(default:") { text += " (default: \(standard))" }
        let discussion = argument.discussion.map { [".IP", escaped($0)] } ?? []
        return [escaped(text)] + discussion
    }

    /// Paragraphs are filled; lines that begin with spaces stay as they are, as examples and tables do.
    private static func paragraphs(_ text: String) -> [String] {
        var lines: [String] = []
        var isVerbatim = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let wantsVerbatim = line.hasPrefix("  ")
            if wantsVerbatim != isVerbatim, !line.isEmpty {
                lines.append(wantsVerbatim ? ".nf" : ".fi")
                isVerbatim = wantsVerbatim
            }
            lines.append(line.isEmpty ? ".PP" : escaped(String(line)))
        }
        return lines + (isVerbatim ? [".fi"] : [])
    }

    /// The text without anything that the formatter would act on.
    private static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }
}

/// What of argument-parser's description of a tool (`--experimental-dump-help`) the manual pages need.
private struct HelpDump: Decodable {
    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool?
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var shouldDisplay: Bool?
        var sectionTitle: String?
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?
        var discussion: String?
    }

    var command: Command
}
