import Foundation
import Testing

@testable import rserpool

/// What cannot be had: a clear sentence on standard error, nothing on standard output, and the exit status for it.
struct FailureTests {
    private func expectFailure(
        _ status: rserpool.ExitStatus, _ words: [String], _ arguments: [String], input: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await ToolRun(arguments + ["--transport", "userland", "--timing", "fast"]).finish(input: input)
        #expect(outcome.status == status.rawValue, "\(outcome.error)", sourceLocation: sourceLocation)
        let sentence = try #require(outcome.error.split(separator: "\n").last, sourceLocation: sourceLocation)
        #expect(sentence.hasPrefix("rserpool: "), "\(outcome.error)", sourceLocation: sourceLocation)
        for word in words { #expect(sentence.contains(word), "\(outcome.error)", sourceLocation: sourceLocation) }
        #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func aPortInUse() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.15.1")
        // The text form leaves the port out where it is the usual one.
        let address = registrar.address.contains("/") ? registrar.address : registrar.address + "/9899"
        try await expectFailure(.cannotBind, ["127.0.15.1", "in use"], ["registrar", "--listen", address])
        try await expectFailure(.cannotBind, ["127.0.15.1", "in use"], ["element", "--local", address])
        try await expectFailure(.cannotBind, ["127.0.15.1", "in use"], ["user", "--local", address])
        try await expectFailure(.cannotBind, ["127.0.15.1", "in use"], ["resolve", "--local", address])
    }

    @Test func anAddressOfAnotherHost() async throws {
        try await expectFailure(.cannotBind, ["192.0.2.1", "host"], ["registrar", "--listen", "192.0.2.1"])
    }

    @Test func noRegistrar() async throws {
        let registrar = ["--registrar", "127.0.16.1:3863/9", "--timeout", "2"]
        try await expectFailure(.unavailable, ["No registrar answers", "127.0.16.1:3863/9"], ["resolve"] + registrar)
        try await expectFailure(.unavailable, ["No registrar answers", "127.0.16.1:3863/9"], ["user"] + registrar)
        try await expectFailure(.unavailable, ["no registrar", "--registrar"], ["element"] + registrar)
    }

    /// From a loopback address nothing leads to another host, and nothing is sent there.
    @Test func noRoute() async throws {
        try await expectFailure(
            .unavailable, ["192.0.2.1"], ["resolve", "--local", "127.0.17.1", "--registrar", "192.0.2.1", "--timeout", "2"])
    }

    @Test func noSuchPool() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.18.1")
        for command in ["resolve", "user"] {
            try await expectFailure(
                .unavailable, ["There is no pool Nowhere"], [command, "--registrar", registrar.address, "--pool", "Nowhere"])
        }
    }

    @Test func anotherPolicyThanThePoolHas() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.19.1")
        let element = try await stage.element("element", at: "127.0.19.2", registrar.address)
        try await expectFailure(
            .unavailable, ["The registrar refused"],
            ["element", "--local", "127.0.19.3", "--registrar", registrar.address, "--policy", "least-used"])
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func aLineTooLongForAMessage() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.20.1")
        let element = try await stage.element("element", at: "127.0.20.2", registrar.address)
        let line = String(repeating: "x", count: 65_537)
        try await expectFailure(
            .inputData, ["65536 bytes"], ["user", "--local", "127.0.20.3", "--registrar", registrar.address], input: line + "\n"
        )
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func kernelSCTPIsUsedOrItsLackExplained() async throws {
        // 132 in the first column of this file is SCTP.
        let protocols = (try? String(contentsOfFile: "/proc/net/protocols", encoding: .utf8)) ?? ""
        let outcome = try await ToolRun([
            "registrar", "--transport", "kernel", "--listen", "127.0.0.77:13863", "--until-input-ends",
        ]).finish()
        guard !protocols.contains("SCTP") else {
            #expect(outcome.status == rserpool.ExitStatus.success.rawValue, "\(outcome.error)")
            return
        }
        #expect(outcome.status == rserpool.ExitStatus.unavailable.rawValue)
        #expect(outcome.error.contains("kernel of this host has no SCTP"))
    }
}
