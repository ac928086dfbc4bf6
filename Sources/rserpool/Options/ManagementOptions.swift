import ArgumentParser
import Foundation
import Logging
import RSerPoolMIB
import SCTPTransport

/// `--agentx`, and what belongs to it.
struct ManagementOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show this program to SNMP managers (RFC 5525) by the SNMP agent there, as its subagent (AgentX).",
            discussion: "The agent needs 'master agentx' and 'agentXSocket' in its configuration; names are not looked up.",
            valueName: "unix:/path|tcp:address[:port]"),
        transform: { text in
            guard let address = MasterAgentAddress(text) else {
                throw ValidationError("'\(text)' is no agent's address: write unix:/var/agentx/master or tcp:127.0.0.1:705.")
            }
            return address.description
        })
    var agentx: String?

    @Option(
        help: ArgumentHelp(
            "What SNMP managers read as the description, at most 255 bytes; they may change it.", valueName: "text"))
    var description: String?

    @Option(help: ArgumentHelp("What SNMP managers read as the operational scope.", valueName: "name"))
    var operationScope: String?

    @Option(
        help: ArgumentHelp(
            "Keep what SNMP managers set in this file; at the next start it holds instead of the options.", valueName: "file"),
        completion: .file())
    var settingsFile: String?

    func validate() throws {
        if agentx == nil, description != nil || operationScope != nil {
            throw ValidationError("--description and --operation-scope are shown by SNMP only; give --agentx too.")
        }
        if let description, description.utf8.count > 255 {
            throw ValidationError("--description has \(description.utf8.count) bytes; it may have 255.")
        }
    }

    /// What managers have set earlier.
    /// - Throws: ``ToolFailure`` where the file cannot be read.
    func kept() throws -> KeptSettings {
        try settingsFile.map(KeptSettings.read) ?? KeptSettings()
    }

    var scope: [UInt8] { Array((operationScope ?? "").utf8) }

    /// The description: a manager's where there is one, else the option's.
    func text(_ kept: KeptSettings) -> [UInt8] { kept.descriptionBytes ?? Array((description ?? "").utf8) }

    /// Keeps settings for the next start; what cannot be kept is told.
    func keep(_ settings: KeptSettings, _ logger: Logger) {
        guard let settingsFile else { return }
        do {
            try settings.write(settingsFile)
        } catch {
            logger.report(
                EventReport(
                    "settings-lost", .warning,
                    "what was set holds until the end only: \(settingsFile) cannot be written: \(error.localizedDescription)",
                    ["file": settingsFile]))
        }
    }

    /// Runs `body`, and meanwhile shows a node where ``agentx`` was given.
    func showing<Result>(
        _ logger: Logger, _ node: () -> some ManagedNode, during body: () async throws -> Result
    ) async throws -> Result {
        guard let agentx, let address = MasterAgentAddress(agentx) else { return try await body() }
        let subagent = try ManagementSubagent(at: address)
        await subagent.add(node())
        let reported = Task { for await event in subagent.events { logger.report(EventReport(event)) } }
        let running = Task { await subagent.run() }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        await subagent.stop()
        await running.value
        await reported.value
        return try result.get()
    }
}
