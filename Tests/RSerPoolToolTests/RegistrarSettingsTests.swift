import ArgumentParser
import ENRP
import Foundation
import InternetAddresses
import SCTPTransport
import Testing

@testable import rserpool

@Suite("The registrar's options, environment and file")
struct RegistrarSettingsTests {
    private func command(_ arguments: String...) throws -> RegistrarCommand {
        try #require(try RegistrarCommand.parseAsRoot(arguments) as? RegistrarCommand)
    }

    private func settings(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
    ) async throws -> RegistrarSettings {
        let command = try #require(try RegistrarCommand.parseAsRoot(arguments) as? RegistrarCommand)
        var path: String?
        if let file {
            let place = FileManager.default.temporaryDirectory.appendingPathComponent("registrar-\(UUID()).yaml")
            try Data(file.utf8).write(to: place)
            path = place.path
        }
        defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
        return try RegistrarSettings(
            await RegistrarValues.read(options: command.values, environment: environment, file: path))
    }

    private func failure(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
    ) async -> String {
        do {
            _ = try await settings(arguments, environment: environment, file: file)
            return "nothing was wrong"
        } catch {
            return (error as? ToolFailure)?.description ?? "\(error)"
        }
    }

    @Test("Every key is an option, and every option of the groups a key")
    func keysAreOptions() throws {
        let arguments = RegistrarKey.allCases.flatMap { ["--\($0.name)", "1"] }
        let command = try #require(try RegistrarCommand.parseAsRoot(arguments) as? RegistrarCommand)
        #expect(Set(command.values.keys) == Set(RegistrarKey.allCases))
    }

    @Test("With nothing said the values are the library's, and the registrar is alone on 127.0.0.1")
    func defaults() async throws {
        let settings = try await settings()
        #expect(settings.configuration == .standard)
        #expect(settings.endpoints.asap.localAddresses == [.loopbackIPv4])
        #expect(settings.endpoints.asap.port == 3863)
        #expect(settings.endpoints.enrp == nil)
        #expect(settings.endpoints.asapAnnouncements == [])
    }

    @Test("Options win over the environment, and that over the file")
    func layers() async throws {
        let file = "keep-alive-interval: 7\nkeep-alive-timeout: 2.5\nmaximum-pools: 12\nlisten: [127.0.0.2, 127.0.0.3]\n"
        let environment = [
            "RSERPOOL_REGISTRAR_KEEP_ALIVE_INTERVAL": "8", "RSERPOOL_REGISTRAR_MAXIMUM_POOLS": "13", "HOME": "/",
        ]
        let settings = try await settings(["--maximum-pools", "14"], environment: environment, file: file)
        #expect(settings.configuration.keepAliveTimeout == .milliseconds(2_500))
        #expect(settings.configuration.keepAliveInterval == .seconds(8))
        #expect(settings.configuration.limits.maximumPools == 14)
        #expect(settings.endpoints.asap.localAddresses.map(\.description) == ["127.0.0.2", "127.0.0.3"])
        let lines = settings.listing.split(separator: "\n")
        #expect(lines.contains("keep-alive-timeout: 2.5  # file"))
        #expect(lines.contains("keep-alive-interval: 8  # environment"))
        #expect(lines.contains("maximum-pools: 14  # option"))
        #expect(lines.contains("maximum-elements: 1000000"))
    }

    @Test("Peers, groups and TCP; a registrar that has peers has an endpoint for them")
    func endpoints() async throws {
        let settings = try await settings([
            "--listen", "127.0.0.2", "--peer", "127.0.0.3", "--peer", "127.0.0.4:9000/9900,127.0.0.5", "--announce",
            "239.0.0.50", "--announce-peers", "[ff05::5]:7", "--announce-hop-limit", "30", "--announce-interface", "lo",
            "--listen-tcp", "127.0.0.2:4000",
        ])
        #expect(
            settings.configuration.peers.peers.map { $0.map(\.description) }
                == [["127.0.0.3:9901"], ["127.0.0.4:9000/9900"], ["127.0.0.5:9901"]])
        #expect(settings.endpoints.enrp?.localAddresses.map(\.description) == ["127.0.0.2"])
        #expect(settings.endpoints.enrp?.port == 9901)
        #expect(settings.endpoints.asapOverTCP?.port == 4000)
        let group = try #require(settings.endpoints.asapAnnouncements.first)
        #expect(group.port == 3863)
        #expect(group.hopLimit == 30)
        #expect(group.sourceAddress?.description == "127.0.0.2")
        #expect(group.interfaces == .named(["lo"]))
        #expect(settings.endpoints.enrpAnnouncements.map(\.port) == [7])
    }

    @Test("A profile gives the timers that are not named")
    func profile() async throws {
        let settings = try await settings(["--profile", "lan", "--heartbeat-cycle", "4"])
        #expect(settings.configuration.keepAliveInterval == RegistrarConfiguration.lan.keepAliveInterval)
        #expect(settings.configuration.peers.maximumTimeLastHeard == PeerConfiguration.lan.maximumTimeLastHeard)
        #expect(settings.configuration.peers.heartbeatCycle == .seconds(4))
        #expect(try await self.settings(["--profile", "rfc"]).configuration == .standard)
    }

    @Test("What --check-config prints is a file that says the same")
    func listing() async throws {
        let arguments = [
            "--profile", "lan", "--peer", "127.0.0.3", "--announce", "239.0.0.50:5000", "--identifier", "0x10", "--listen",
            "127.0.0.9:4000/9900", "--suggests-takeover", "true", "--transport", "userland",
        ]
        let first = try await settings(arguments)
        let second = try await settings(file: first.listing)
        #expect(second.configuration == first.configuration)
        #expect(second.identifier == first.identifier)
        for key in RegistrarKey.allCases { #expect(second.text(key) == first.text(key), "\(key)") }
    }

    @Test("What is wrong is named as its owner knows it, with what is allowed")
    func errors() async {
        #expect(
            await failure(["--keep-alive-interval", "soon"])
                == "--keep-alive-interval is 'soon'; it may be seconds, such as 30 or 2.4, above 0 and at most 31536000.")
        #expect(
            await failure(environment: ["RSERPOOL_REGISTRAR_PROFILE": "wan"])
                == "RSERPOOL_REGISTRAR_PROFILE is 'wan'; it may be rfc or lan.")
        #expect(
            await failure(environment: ["RSERPOOL_REGISTRAR_PROFIL": "lan"])
                == "the environment variable RSERPOOL_REGISTRAR_PROFIL is not known: --list-keys shows those that there are.")
        let unknown = await failure(file: "# ours\nkeep-alive-intervall: 3\n")
        #expect(unknown.hasSuffix("line 2: 'keep-alive-intervall' is no key: --list-keys shows those that there are."))
        let twice = await failure(file: "profile: lan\nprofile: rfc\n")
        #expect(twice.hasSuffix("line 2: 'profile' stands there a second time."))
        let outOfRange = await failure(file: "maximum-handle-length: 5000\n")
        #expect(outOfRange.hasPrefix("'maximum-handle-length' in /"))
        #expect(outOfRange.hasSuffix("maximumHandleLength is 5000; it must be from 1 to 1024."))
        let list = await failure(file: "profile: [lan, rfc]\n")
        #expect(list.hasSuffix("cannot be read: it is rfc or lan."))
        #expect(await failure(file: "profile: {\n").contains("is not the YAML that it has to be"))
        #expect(await failure(["--peer", "example.org"]).contains("--peer: 'example.org' is no address"))
        #expect(await failure(["--announce", "192.0.2.1"]).hasPrefix("--announce: '192.0.2.1' is no multicast group"))
        #expect(
            await failure(["--listen", "127.0.0.1,127.0.0.2:5"]) == "--listen: the addresses of one endpoint have one port.")
        #expect(await failure(["--suggests-takeover", "perhaps"]).contains("it may be true or false"))
    }

    @Test("A file that is not there, or is empty")
    func noFile() async throws {
        await #expect(throws: ToolFailure.self) {
            try await RegistrarValues.read(options: [:], environment: [:], file: "/nowhere/registrar.yaml")
        }
        #expect(try await settings(file: "# nothing yet\n").configuration == .standard)
    }

    @Test("The documentation's table is the one that the tool prints")
    func documentation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("REGISTRAR.md"), encoding: .utf8)
        #expect(
            try text.contains(RegistrarSettings.table()),
            "REGISTRAR.md is stale: put in its table what `rserpool registrar --list-keys` prints")
    }

    @Test("The program checks a configuration, and refuses a wrong one with status 64")
    func program() async throws {
        let sound = try await ToolRun(["registrar", "--profile", "lan", "--check-config"]).finish()
        #expect(sound.status == 0)
        #expect(sound.output.contains("profile: lan  # option\n"))
        let wrong = try await ToolRun(
            ["registrar", "--check-config"], environment: ["RSERPOOL_REGISTRAR_TIMING=slow"]
        ).finish()
        #expect(wrong.status == 64)
        #expect(wrong.error == "rserpool: RSERPOOL_REGISTRAR_TIMING is 'slow'; it may be standard or fast.\n")
    }
}
