import ArgumentParser
import Foundation
import Logging
import RSerPoolStatus
import SCTPTransport

/// `--status` of the commands that run until they are told to stop.
struct StatusOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The socket at which 'rserpool status' finds out how things stand; 'none' for none.",
            discussion:
                "(default: one in $XDG_RUNTIME_DIR/rserpool, where there is such a directory) Only you can connect to it.",
            valueName: "path"),
        completion: .file())
    var status: String?

    /// Where a program's status is to be had while `body` runs.
    /// - Parameter role: the command, which begins the default socket's name.
    /// - Throws: ``ToolFailure`` where the socket that was asked for cannot be; where it is the default one, that is only reported.
    func serving<Result: Sendable>(
        _ source: some StatusSource, role: String, logger: Logger, _ body: () async throws -> Result
    ) async throws -> Result {
        let server = try await server(of: source, role: role, logger: logger)
        do {
            let result = try await body()
            await server?.stop()
            return result
        } catch {
            await server?.stop()
            throw error
        }
    }

    private func server(of source: some StatusSource, role: String, logger: Logger) async throws -> StatusServer? {
        guard status != "none" else { return nil }
        if let status {
            do throws(SCTPTransportError) {
                return try await StatusServer.start(at: status, of: source)
            } catch {
                throw ToolFailure(.cannotBind, "\(error.message).")
            }
        }
        guard let directory = StatusPlaces.directory else { return nil }
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let name = "\(role)-\(ProcessInfo.processInfo.processIdentifier)"
            return try await StatusServer.start(at: directory.appendingPathComponent(name).path, of: source)
        } catch {
            let reason = (error as? SCTPTransportError)?.message ?? error.localizedDescription
            logger.report(EventReport("status-failed", .warning, "cannot tell its status: \(reason)"))
            return nil
        }
    }
}

/// Where status sockets are without being told.
enum StatusPlaces {
    /// `$XDG_RUNTIME_DIR/rserpool`; nil where the variable is not set to an absolute path.
    static var directory: URL? {
        guard let base = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"], base.hasPrefix("/") else { return nil }
        return URL(fileURLWithPath: base, isDirectory: true).appendingPathComponent("rserpool", isDirectory: true)
    }

    /// The sockets there, by name.
    static var found: [String] {
        guard let directory,
            let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path)
        else { return [] }
        return names.sorted().map { directory.appendingPathComponent($0).path }
    }
}
