import Foundation
import SCTPTransport
import Synchronization
import Testing

@testable import RSerPoolStatus

/// A directory of one test.
final class Directory: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("status-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    var socket: String { url.appendingPathComponent("status").path }

    /// The status, for which it waits long: the machine may be busy with other tests.
    func status() async throws -> StatusValue {
        try await StatusClient.status(at: socket, patience: .seconds(120))
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}

/// Tells so many parts of so many bytes.
struct Parts: StatusSource {
    var count = 1
    var bytes = 0
    var ended: @Sendable (Bool) -> Void = { _ in }

    func tellStatus(to receive: @Sendable ([StatusValue]) async throws -> Void) async throws {
        do {
            try await receive([["role": "test", "parts": []]])
            for part in 0..<count {
                try await receive([["parts": [["number": .integer(Int64(part)), "text": .text(text)]]]])
            }
            ended(true)
        } catch {
            ended(false)
            throw error
        }
    }

    private var text: String { String(repeating: "x", count: bytes) }
}

/// The socket that tells how things stand, and who may do what to it.
@Suite struct StatusServerTests {
    @Test func aStatusComesWhole() async throws {
        let directory = try Directory()
        var limits = StatusLimits()
        limits.patience = .seconds(120)
        limits.answerTimeLimit = .seconds(240)
        let source = Parts(count: 40, bytes: 100_000)
        let server = try await StatusServer.start(at: directory.socket, of: source, limits: limits)
        for _ in 0..<2 {
            let status = try await directory.status()
            #expect(status["role"] == "test")
            #expect(status["parts"]?.list.map { $0["number"]?.integer } == (0..<40).map { Int64($0) })
            #expect(status["parts"]?.list.allSatisfy { $0["text"]?.text?.count == 100_000 } == true)
        }
        await server.stop()
    }

    @Test func theSocketIsTheUsersAloneAndGoesWithTheServer() async throws {
        let directory = try Directory()
        let server = try await StatusServer.start(at: directory.socket, of: Parts())
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.socket)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(attributes[.type] as? FileAttributeType == .typeSocket)
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: directory.socket))
        await server.stop()
    }

    @Test func aSecondServerAtThePathIsRefused() async throws {
        let directory = try Directory()
        let server = try await StatusServer.start(at: directory.socket, of: Parts())
        let error = await #expect(throws: SCTPTransportError.self) {
            try await StatusServer.start(at: directory.socket, of: Parts())
        }
        #expect(error?.code == .addressInUse)
        #expect(try await directory.status()["role"] == "test")
        await server.stop()
    }

    @Test func aFileThatIsNoSocketIsLeftAlone() async throws {
        let directory = try Directory()
        try "precious".write(toFile: directory.socket, atomically: true, encoding: .utf8)
        let error = await #expect(throws: SCTPTransportError.self) {
            try await StatusServer.start(at: directory.socket, of: Parts())
        }
        #expect(error?.code == .addressInUse)
        #expect(try String(contentsOfFile: directory.socket, encoding: .utf8) == "precious")
    }

    @Test func aFileThatHasTakenTheSocketsPlaceIsLeftAlone() async throws {
        let directory = try Directory()
        let server = try await StatusServer.start(at: directory.socket, of: Parts())
        try FileManager.default.removeItem(atPath: directory.socket)
        try "another's".write(toFile: directory.socket, atomically: true, encoding: .utf8)
        await server.stop()
        #expect(try String(contentsOfFile: directory.socket, encoding: .utf8) == "another's")
    }

    @Test func aPathThatCannotBeIsAnErrorThatSaysSo() async throws {
        let directory = try Directory()
        let long = directory.url.path + "/" + String(repeating: "x", count: 108)
        for (path, word) in [(long, "too long"), (directory.url.path + "/none/status", "does not exist")] {
            let error = await #expect(throws: SCTPTransportError.self) {
                try await StatusServer.start(at: path, of: Parts())
            }
            #expect(error?.message.contains(word) == true)
        }
    }

    @Test func nobodyThereIsAnErrorThatSaysSo() async throws {
        let directory = try Directory()
        let error = await #expect(throws: SCTPTransportError.self) { try await directory.status() }
        #expect(error?.code == .noRoute)
        try "text".write(toFile: directory.socket, atomically: true, encoding: .utf8)
        let other = await #expect(throws: SCTPTransportError.self) { try await directory.status() }
        #expect(other?.code == .noRoute)
    }

    // MARK: Clients that do harm

    @Test func whoTakesNothingIsGivenUp() async throws {
        let directory = try Directory()
        var limits = StatusLimits()
        limits.patience = .milliseconds(50)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let source = Parts(count: 1_000, bytes: 100_000) { end.yield($0) }
        let server = try await StatusServer.start(at: directory.socket, of: source, limits: limits)
        let idle = try LocalConnection.open(to: directory.socket, on: .shared)
        for await isComplete in ends {
            #expect(!isComplete)
            break
        }
        await idle.close()
        await server.stop()
    }

    @Test func whoTakesForEverIsGivenUp() async throws {
        let directory = try Directory()
        var limits = StatusLimits()
        limits.answerTimeLimit = .zero
        let server = try await StatusServer.start(at: directory.socket, of: Parts(), limits: limits)
        let error = await #expect(throws: SCTPTransportError.self) { try await directory.status() }
        #expect(error?.code == .endpointClosed)
        await server.stop()
    }

    @Test func moreThanMayAskAreSentAwayAndTheOthersServed() async throws {
        let directory = try Directory()
        var limits = StatusLimits()
        limits.maximumConnections = 2
        limits.patience = .seconds(300)
        limits.answerTimeLimit = .seconds(600)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let source = Parts(count: 100, bytes: 100_000) { end.yield($0) }
        let server = try await StatusServer.start(at: directory.socket, of: source, limits: limits)
        let idle = try (0..<2).map { _ in try LocalConnection.open(to: directory.socket, on: .shared) }
        // A further one is closed before it is told anything.
        let third = try LocalConnection.open(to: directory.socket, on: .shared)
        #expect(try await third.read(patience: .seconds(60)).isEmpty)
        await third.close()
        for connection in idle { await connection.close() }
        var ended = 0
        for await isComplete in ends {
            #expect(!isComplete)
            ended += 1
            if ended == 2 { break }
        }
        // Their places come free a moment later.
        var status: StatusValue?
        while status == nil {
            status = try? await directory.status()
            if status == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(status?["parts"]?.list.count == 100)
        await server.stop()
    }

    @Test func whatAClientSendsDoesNothing() async throws {
        let directory = try Directory()
        let server = try await StatusServer.start(at: directory.socket, of: Parts(count: 3))
        let client = try LocalConnection.open(to: directory.socket, on: .shared)
        try? await client.write([UInt8](repeating: 0xff, count: 100_000), patience: .milliseconds(200))
        await client.close()
        #expect(try await directory.status()["parts"]?.list.count == 3)
        await server.stop()
    }

    @Test func stoppingEndsAnswersUnderWay() async throws {
        let directory = try Directory()
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let server = try await StatusServer.start(
            at: directory.socket, of: Parts(count: 1_000, bytes: 100_000) { end.yield($0) })
        let idle = try LocalConnection.open(to: directory.socket, on: .shared)
        _ = try await idle.read(patience: .seconds(60))
        await server.stop()
        for await isComplete in ends {
            #expect(!isComplete)
            break
        }
        await idle.close()
    }

    // MARK: Servers that do harm

    @Test(arguments: ["no status\n", "{\"role\":\"test\"}\n", "{\"a\":1}\nxyz\n", ""])
    func whatIsNoStatusIsAnError(_ answer: String) async throws {
        let directory = try Directory()
        let listener = try await LocalListener.open(at: directory.socket, on: .shared) { connection in
            Task {
                try? await connection.write(Array(answer.utf8), patience: .seconds(60))
                await connection.close()
            }
        }
        await #expect(throws: (any Error).self) { try await directory.status() }
        await listener.close()
    }
}
