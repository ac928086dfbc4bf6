import Foundation
import Glibc
import Testing

@testable import rserpool

/// The demonstration as a program. One at a time: all of them have the same addresses, and the first gets the usual UDP port.
@Suite(.serialized)
struct DemoTests {
    /// A demonstration whose processes are known by a variable of their environment.
    private struct Marked: Sendable {
        let run: ToolRun
        let mark = "RSERPOOL_TEST_MARK=\(UInt64.random(in: 0 ... .max))"

        init(_ arguments: String...) throws {
            run = try ToolRun(["demo", "--transport", "userland"] + arguments, environment: [mark])
        }

        /// The processes of this demonstration that run.
        var processes: [Int32] {
            let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return entries.compactMap { Int32($0) }.filter { process in
                guard let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") else { return false }
                return environment.split(separator: 0).contains { $0.elementsEqual(mark.utf8) }
            }
        }

        /// Signals the demonstration as soon as it and three more processes run; false where that never was. With `--keep` it
        /// does not end by itself, so that no delay of the test's makes it miss them.
        ///
        /// On a thread of its own: the tests' pool of threads may be busy for longer than the demonstration takes.
        func signalOnceRunning(_ number: Int32) async -> Bool {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let deadline = ContinuousClock.now + .seconds(90)
                    var isRunning = false
                    while !isRunning, ContinuousClock.now < deadline {
                        usleep(5_000)
                        isRunning = processes.count >= 4
                    }
                    if isRunning { run.signal(number) }
                    continuation.resume(returning: isRunning)
                }
            }
        }
    }

    @Test func everyClaimHolds() async throws {
        // Another program has the registrar's usual UDP port, or the test has it.
        let taken = UDPPort(9899)
        defer { taken?.close() }
        let demo = try Marked()
        let outcome = try await demo.run.finish(limit: 90)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.isEmpty)
        #expect(outcome.output.contains("UDP port 9899 at 127.0.0.1 is taken"))
        for claim in [
            "Least Used chose the element with the least load", "registrars 2 and 3 got the three elements from a mentor",
            "all three registrars name the same three elements", "s after its registrar was killed", "took over registrar 1",
            "element C, which knows no registrar but registrar 1, follows registrar",
            "the two registrars left still name the three elements", "the dead element was noticed after",
            "the cookie carried the count", "the user reported the dead element to the registrar at",
            "two elements are left, at every registrar",
            "registrar 1, started again, has the two elements and the checksums of both others",
            "an added element is in the pool at once, at every registrar",
            "a deregistered element is out of the pool at once, at every registrar",
            "were acknowledged, each once and in order; none was lost", "through all of this",
            "a new user got the added element", "every process ended when asked, with status 0",
        ] {
            #expect(outcome.output.contains("✓ ") && outcome.output.contains(claim), "\(outcome.output)")
        }
        #expect(demo.processes.isEmpty)
    }

    @Test func anInterruptEndsEveryProcess() async throws {
        let demo = try Marked("--keep")
        async let outcome = demo.run.finish(limit: 90)
        #expect(await demo.signalOnceRunning(SIGINT), "the demonstration never had four processes")
        let (status, error) = try await (outcome.status, outcome.error)
        #expect(status == rserpool.ExitStatus.interrupted.rawValue)
        #expect(error.contains("interrupted"))
        #expect(demo.processes.isEmpty)
    }

    @Test func itsSuddenDeathEndsEveryProcess() async throws {
        let demo = try Marked("--keep")
        async let outcome = demo.run.finish(limit: 90)
        #expect(await demo.signalOnceRunning(SIGKILL), "the demonstration never had four processes")
        _ = try await outcome
        // They notice by the end of their input, and deregister first.
        let deadline = ContinuousClock.now + .seconds(60)
        while !demo.processes.isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(demo.processes.isEmpty)
    }

    @Test func theTimeLimitEndsEveryProcess() async throws {
        let demo = try Marked("--limit", "1")
        let outcome = try await demo.run.finish(limit: 90)
        #expect(outcome.status == rserpool.ExitStatus.timedOut.rawValue)
        #expect(outcome.error.contains("did not end within 1 s"))
        #expect(demo.processes.isEmpty)
    }
}

/// A UDP port of 127.0.0.1, held.
private struct UDPPort {
    private let descriptor: Int32

    /// Nil where another program has it.
    init?(_ port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            return nil
        }
    }

    func close() {
        Glibc.close(descriptor)
    }
}
