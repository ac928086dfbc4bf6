import ASAP
import Foundation
import InternetAddresses
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import rserpool

/// The element's services as processes; the users are the tool's, or where the service speaks bytes, of the library.
struct ServiceTests {
    private func user(_ stage: Stage, _ who: String, at ip: String, _ registrar: String, _ pool: String, _ arguments: String...)
        throws -> DemoProcess
    {
        try stage.start(who, ["user", "--local", ip, "--registrar", registrar, "--pool", pool] + arguments)
    }

    /// A session of the library's with a pool, from this process.
    private func withSession(
        at ip: String, _ registrar: String, _ pool: PoolHandle, _ body: (PoolUserSession) async throws -> Void
    ) async throws {
        var endpoint = SCTPEndpointConfiguration(localAddresses: [try #require(IPAddress(ip))])
        endpoint.timing = TimingChoice.fast.timing
        try await PoolUser.withSession(
            pool: pool, registrars: .fixed([try #require(SCTPAddress(registrar))]), endpoint: endpoint, backend: .userland, body
        )
    }

    /// The next data message of a session.
    private func next(_ occurrences: inout Received<PoolUserSession.Occurrence>.AsyncIterator) async throws -> SCTPMessage? {
        while let occurrence = try await occurrences.next() {
            if case .message(let message) = occurrence { return message }
        }
        return nil
    }

    @Test func daytimeAnswersByTheTime() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.31.1")
        _ = try await stage.element("element", at: "127.0.31.2", registrar.address, "--service", "daytime")
        let asker = try user(stage, "user", at: "127.0.31.3", registrar.address, "DaytimePool")
        try asker.write("whatever\n")
        try asker.endInput()
        #expect(try await stage.status(of: asker) == 0)
        let answer = try #require(await stage.output(of: asker).first)
        #expect(answer.contains(/^\w+day, \w+ \d+, \d{4} \d\d:\d\d:\d\d-UTC$/), "\(answer)")
    }

    @Test func discardAnswersNothing() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.32.1")
        _ = try await stage.element("element", at: "127.0.32.2", registrar.address, "--service", "discard")
        let sender = try user(stage, "user", at: "127.0.32.3", registrar.address, "DiscardPool", "--timeout", "1")
        try sender.write("into the void\n")
        try sender.endInput()
        #expect(try await stage.status(of: sender) == rserpool.ExitStatus.timedOut.rawValue)
        #expect(await stage.output(of: sender).isEmpty)
    }

    @Test func chargenSendsLinesUntilTheUserGoes() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.33.1")
        let element = try await stage.element("element", at: "127.0.33.2", registrar.address, "--service", "chargen")
        try await withSession(at: "127.0.33.3", registrar.address, "CharGenPool") { session in
            try await session.send([0x0a])
            var occurrences = session.occurrences.makeAsyncIterator()
            // More than the windows and queues on the way hold, and slowly at first.
            for number in 0..<20_000 {
                if number == 10 { try await Task.sleep(for: .milliseconds(200)) }
                let message = try await next(&occurrences)
                guard message?.bytes == CharacterGeneratorService.line(number % 95) else {
                    Issue.record("line \(number) is \(message.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "missing")")
                    return
                }
            }
        }
        _ = try await stage.expect("session-ended", of: "element")
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func pingPongGoesOnCountingAtTheNextElement() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.34.1")
        let elements = [
            try await stage.element("element 1", at: "127.0.34.2", registrar.address, "--service", "ping-pong"),
            try await stage.element("element 2", at: "127.0.34.3", registrar.address, "--service", "ping-pong"),
        ]
        try await withSession(at: "127.0.34.4", registrar.address, "PingPongPool") { session in
            var occurrences = session.occurrences.makeAsyncIterator()
            func exchange(_ number: UInt64) async throws -> PingPongMessage? {
                let ping = try #require(PingPongMessage.ping(number: number, data: [0xab]).encoded)
                try await session.send(ping, MessageHeader(payloadProtocol: .pingPong))
                guard let answer = try await next(&occurrences) else { return nil }
                #expect(answer.header.payloadProtocol.rawValue == 33)
                return PingPongMessage(answer.bytes)
            }
            // What is no ping is passed over.
            try await session.send([1, 2, 3])
            #expect(try await exchange(100) == .pong(number: 100, reply: 1, data: [0xab]))
            #expect(try await exchange(101) == .pong(number: 101, reply: 2, data: [0xab]))
            let first = try await stage.expect("session-began", of: "element 1", orOf: "element 2")
            elements[first.who == "element 1" ? 0 : 1].kill()
            #expect(try await exchange(102) == .pong(number: 102, reply: 3, data: [0xab]))
        }
    }

    @Test func calculationsTakeTheirTimeAndLoadTheElement() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.35.1", "--log-level", "debug")
        let element = try await stage.element(
            "element", at: "127.0.35.2", registrar.address, "--service", "calc", "--capacity", "1000", "--jobs", "2")
        try await withSession(at: "127.0.35.3", registrar.address, "CalcAppPool") { session in
            var occurrences = session.occurrences.makeAsyncIterator()
            func send(_ message: CalculationMessage) async throws {
                try await session.send(message.encoded, MessageHeader(payloadProtocol: .calculation))
            }
            func receive() async throws -> CalculationMessage? {
                try await next(&occurrences).flatMap { CalculationMessage($0.bytes) }
            }
            // A job that does not end, however slow the machine is.
            try await send(CalculationMessage(.request, job: 7, size: 1 << 50))
            #expect(try await receive() == CalculationMessage(.accept, job: 7))
            // A session has one job at a time.
            try await send(CalculationMessage(.request, job: 8, size: 1))
            #expect(try await receive() == CalculationMessage(.reject, job: 8))
            try await send(CalculationMessage(.keepAlive, job: 7))
            #expect(try await receive() == CalculationMessage(.keepAliveAcknowledgement, job: 7))
            _ = try await stage.expect("renewed", of: "registrar") { $0.fields["policy"] == "least-used:load=50%" }
            try await send(CalculationMessage(.abort, job: 7))
            _ = try await stage.expect("renewed", of: "registrar") { $0.fields["policy"] == "least-used:load=0%" }
            let begin = ContinuousClock.now
            try await send(CalculationMessage(.request, job: 9, size: 500))
            #expect(try await receive() == CalculationMessage(.accept, job: 9))
            #expect(try await receive() == CalculationMessage(.complete, job: 9, size: 500, completed: 500))
            #expect(ContinuousClock.now - begin >= .milliseconds(490))
        }
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func aCalculationGoesOnAtTheNextElement() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.36.1")
        let elements = [
            try await stage.element(
                "element 1", at: "127.0.36.2", registrar.address, "--service", "calc", "--capacity", "1000"),
            try await stage.element(
                "element 2", at: "127.0.36.3", registrar.address, "--service", "calc", "--capacity", "1000"),
        ]
        var endpoint = SCTPEndpointConfiguration(localAddresses: [try #require(IPAddress("127.0.36.4"))])
        endpoint.timing = TimingChoice.fast.timing
        let user = try await PoolUser.open(
            registrars: .fixed([try #require(SCTPAddress(registrar.address))]), endpoint: endpoint, backend: .userland)
        try await user.withSession(pool: "CalcAppPool") { session in
            var occurrences = session.occurrences.makeAsyncIterator()
            // A job that does not end, however slow the machine is.
            try await session.send(CalculationMessage(.request, job: 1, size: 1 << 50).encoded)
            #expect(try await next(&occurrences)?.bytes == CalculationMessage(.accept, job: 1).encoded)
            let first = try await stage.expect("job-accepted", of: "element 1", orOf: "element 2")
            for await event in user.events {
                if case .cookieStored = event { break }
            }
            elements[first.who == "element 1" ? 0 : 1].kill()
            // The cookie alone makes the next element go on; nothing is asked again.
            #expect(try await next(&occurrences)?.bytes == CalculationMessage(.accept, job: 1).encoded)
            let other = first.who == "element 1" ? "element 2" : "element 1"
            let resumed = try await stage.expect("session-resumed", of: other)
            let count = try #require(resumed.fields["count"].flatMap { Int($0) })
            // The first cookie comes after a second.
            #expect(count >= 900)
        }
        await user.close()
    }

    // MARK: Other ways than SCTP

    @Test(arguments: ["tcp", "udp"])
    func anElementServesOverOtherTransports(over transport: String) async throws {
        let stage = Stage()
        let net = transport == "tcp" ? "127.0.48" : "127.0.49"
        let registrar = try await stage.registrar(at: "\(net).1")
        let element = try await stage.element("element", at: "\(net).2", registrar.address, "--serve-over", transport)
        let asker = try user(stage, "user", at: "\(net).3", registrar.address, "EchoPool", "--line-ends")
        try asker.write("hello\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "1: hello" }
        try asker.write("world\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "2: world" }
        try asker.endInput()
        #expect(try await stage.status(of: asker) == 0)
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func aProgramOverTCPGetsTheBytesAsTheyCome() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.51.1")
        let element = try stage.start(
            "element",
            ["element", "--local", "127.0.51.2", "--registrar", registrar.address, "--pool", "Shouts", "--serve-over", "tcp"],
            last: ["--exec", "tr", "a-z", "A-Z"])
        _ = try await stage.expect("registered", of: "element")
        let asker = try user(stage, "user", at: "127.0.51.3", registrar.address, "Shouts", "--line-ends", "--timeout", "2")
        try asker.write("hello\n")
        _ = try await stage.expect("program-started", of: "element")
        try asker.endInput()
        // tr writes when its input ends, which is when the user has gone.
        let ended = try await stage.expect("program-ended", of: "element")
        #expect(ended.fields["status"] == "0")
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    // MARK: Programs

    @Test func aProgramServesEachSession() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.37.1")
        let element = try stage.start(
            "element", ["element", "--local", "127.0.37.2", "--registrar", registrar.address, "--pool", "Shouts"],
            last: ["--exec", "sh", "-c", "echo ready >&2; while read -r line; do echo \"$line\" | tr a-z A-Z; echo; done"])
        _ = try await stage.expect("registered", of: "element")
        let asker = try user(stage, "user", at: "127.0.37.3", registrar.address, "Shouts")
        try asker.write("hello\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "HELLO" }
        _ = try await stage.expect("program-said", of: "element") { $0.message == "ready" }
        let started = try await stage.expect("program-started", of: "element")
        let process = try #require(started.fields["process"].flatMap { Int32($0) })
        #expect(kill(process, 0) == 0)
        try asker.endInput()
        #expect(try await stage.status(of: asker) == 0)
        // Its input ends, and so does it.
        let ended = try await stage.expect("program-ended", of: "element")
        #expect(ended.fields["status"] == "0")
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func whatAProgramNeededIsGivenBack() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.53.1")
        let element = try stage.start(
            "element", ["element", "--local", "127.0.53.2", "--registrar", registrar.address, "--pool", "Shouts"],
            last: ["--exec", "cat"])
        _ = try await stage.expect("registered", of: "element")
        func openFiles() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(element.processIdentifier)/fd").count
        }
        // What Foundation needs for all processes it opens for the first one, and keeps.
        var afterFirst = Int.max
        for session in 1...4 {
            let who = "user \(session)"
            let asker = try user(stage, who, at: "127.0.53.\(2 + session)", registrar.address, "Shouts")
            try asker.write("\(who)\n")
            _ = try await stage.expect("output", of: who) { $0.message == who }
            try asker.endInput()
            #expect(try await stage.status(of: asker) == 0)
            _ = try await stage.expect("program-ended", of: "element")
            if session == 1 { afterFirst = try openFiles() }
        }
        // The last program may still be ending.
        let deadline = ContinuousClock.now + .seconds(10)
        while try openFiles() > afterFirst, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try openFiles() <= afterFirst)
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
    }

    @Test func aProgramThatGoesOnIsEndedWithItsSession() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.38.1")
        _ = try stage.start(
            "element",
            ["element", "--local", "127.0.38.2", "--registrar", registrar.address, "--pool", "Stubborn", "--exec-limit", "1"],
            last: ["--exec", "sh", "-c", "trap '' TERM; read -r line; sleep 1000 & echo $!; while :; do sleep 0.1; done"])
        _ = try await stage.expect("registered", of: "element")
        let asker = try user(stage, "user", at: "127.0.38.3", registrar.address, "Stubborn")
        try asker.write("go\n")
        let child = try #require(Int32(try await stage.expect("output", of: "user").message))
        // A second one is not to be had.
        let second = try user(stage, "second user", at: "127.0.38.4", registrar.address, "Stubborn", "--timeout", "2")
        try second.write("go\n")
        _ = try await stage.expect("session-failed", of: "element") { $0.message.contains("--exec-limit") }
        second.kill()
        asker.kill()
        let ended = try await stage.expect("program-ended", of: "element")
        #expect(ended.fields["status"] == "137")
        // What it had started is gone with it.
        let deadline = ContinuousClock.now + .seconds(10)
        while kill(child, 0) == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(kill(child, 0) != 0)
    }

    @Test func aProgramThatEndsEndsItsSession() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.39.1")
        _ = try stage.start(
            "element", ["element", "--local", "127.0.39.2", "--registrar", registrar.address, "--pool", "Once"],
            last: ["--exec", "sh", "-c", "read -r line; echo \"$line\"; exit 7"])
        _ = try await stage.expect("registered", of: "element")
        let asker = try user(stage, "user", at: "127.0.39.3", registrar.address, "Once")
        try asker.write("one\n")
        _ = try await stage.expect("output", of: "user") { $0.message == "one" }
        let ended = try await stage.expect("program-ended", of: "element")
        #expect(ended.fields["status"] == "7")
        _ = try await stage.expect("element-failed", of: "user")
        asker.kill()
    }

    @Test func aProgramThatIsNotThereIsSaid() async throws {
        let outcome = try await ToolRun(["element", "--exec", "no-such-program"]).finish()
        #expect(outcome.status == rserpool.ExitStatus.usage.rawValue)
        #expect(outcome.error.contains("there is no program 'no-such-program'"))
    }
}
