import Foundation

/// What the demonstration does, and what it claims by it.
actor DemoStory {
    let journal: DemoJournal
    let transport: TransportChoice
    let isVerbose: Bool
    /// Whether the processes that are left go on running after the last check.
    let keepsPool: Bool
    /// True once every claim has been checked.
    private(set) var isTold = false
    var processes: [DemoProcess] = []
    var isEnded = false
    var registrarAddress = ""
    /// The pool element identifiers, by name.
    var identifiers: [String: String] = [:]
    var checks: [String] = []
    var resolutions = 0

    static let pool = "EchoPool"
    /// Messages of the main session, the pause between two, and how many are acknowledged before the kill.
    static let messages = 80
    static let interval = 25
    static let killAfter = 30
    /// How long any single step may take; generous, for a busy machine.
    static let patience = Duration.seconds(20)

    init(journal: DemoJournal, transport: TransportChoice, isVerbose: Bool, keepsPool: Bool = false) {
        self.journal = journal
        self.transport = transport
        self.isVerbose = isVerbose
        self.keepsPool = keepsPool
    }

    /// - Returns: what was checked, a sentence each.
    /// - Throws: ``DemoFailure``: what was missing.
    func tell() async throws -> [String] {
        try await startRegistrar()
        for (name, address, load) in [("A", "127.0.0.2", 10), ("B", "127.0.0.3", 20), ("C", "127.0.0.4", 30)] {
            try await startElement(name, at: address, load: load)
        }
        try await expectPool(["A", "B", "C"], by: "the pool has three elements, each registered by its own process")
        try await failOver()
        try await changePool()
        if !keepsPool { try await end() }
        isTold = true
        return checks
    }

    /// What to try with the pool that is kept.
    var invitation: String {
        let options = "--pool \(Self.pool) --registrar \(registrarAddress)"
        return """

            The pool keeps running until Ctrl-C. In another terminal:
              rserpool resolve \(options)
              rserpool user \(options)
              rserpool element \(options) --local 127.0.0.7 --policy least-used
            """
    }

    /// Ends every process at once, and returns when they have ended.
    func killAll() async {
        isEnded = true
        for process in processes { process.kill() }
        for process in processes { await process.end() }
    }

    // MARK: Steps

    private func startRegistrar() async throws {
        let registrar = try start("registrar", ["registrar", "--listen", "127.0.0.1", "--timing", "fast"])
        let listening = try await expect("listening", of: registrar, "the registrar listens")
        registrarAddress = try field("address", of: listening)
        if registrarAddress.contains("/") {
            await journal.note(
                "note", "UDP port 9899 at 127.0.0.1 is taken by another program; all works with the other one", of: "demo")
        }
    }

    private func startElement(_ name: String, at address: String, load: Int) async throws {
        let element = try start(
            "element \(name)",
            [
                "element", "--pool", Self.pool, "--local", address, "--policy", "least-used:load=\(load)%",
                "--registrar",
                registrarAddress, "--timing", "fast",
            ])
        let registered = try await expect("registered", of: element, "element \(name) is registered")
        let identifier = try field("element", of: registered)
        identifiers[name] = identifier
        await journal.name(identifier, name)
    }

    private func failOver() async throws {
        let user = try start(
            "user",
            [
                "user", "--pool", Self.pool, "--local", "127.0.0.6", "--registrar", registrarAddress, "--timing", "fast",
                "--count",
                "\(Self.messages)", "--interval", "\(Self.interval)",
            ])
        let connected = try await expect("connected", of: user, "the user found an element")
        try require(
            try field("element", of: connected) == identifiers["A"], "Least Used did not choose element A, whose load is least")
        checks.append("Least Used chose the element with the least load, 10 %")

        let killAfter = Self.killAfter
        _ = try await expect("progress", of: user, "\(killAfter) messages are acknowledged") { entry in
            Int(entry.fields["acknowledged"] ?? "") ?? 0 >= killAfter
        }
        guard let victim = processes.first(where: { $0.who == "element A" }) else { throw DemoFailure("element A never ran") }
        await journal.note(
            "kill", "sends SIGKILL to element A (process \(victim.processIdentifier)), the one in use", of: "demo")
        let killed = await journal.now
        victim.kill()

        let failed = try await expect("element-failed", of: user, "the user noticed that element A is dead")
        try require(try field("element", of: failed) == identifiers["A"], "the user took another element than A for dead")
        checks.append("the dead element was noticed after \(Text.seconds(failed.time - killed)) s")

        let identifier = identifiers["B"]
        _ = try await expect("connected", of: user, "the user went over to element B") { $0.fields["element"] == identifier }
        let resumed = try await expect("session-resumed", of: "element B", "element B got the cookie of the session")
        let carried = try number("count", of: resumed)
        let acknowledged = await journal.entries.last { $0.who == "user" && $0.event == "progress" && $0.time <= killed }
        let atLeast = Int(acknowledged?.fields["acknowledged"] ?? "") ?? killAfter
        try require(
            carried >= atLeast, "the cookie carried the count \(carried), but \(atLeast) messages had been acknowledged")
        checks.append("the cookie carried the count \(carried) to element B, which went on from there")

        try await expectExit(of: user)
        try await checkMessages(of: user)
        let removed = try await expect("removed", of: "registrar", "the registrar removed element A") { [identifiers] entry in
            entry.fields["element"] == identifiers["A"]
        }
        checks.append("the registrar removed the dead element \(Text.seconds(removed.time - killed)) s after the kill")
    }

    /// The user's own summary, and independently the replies that it printed.
    private func checkMessages(of user: DemoProcess) async throws {
        let summary = try await expect("summary", of: user, "the user summed up")
        let resent = try number("resent", of: summary)
        try require(try number("acknowledged", of: summary) == Self.messages, "not every message was acknowledged")
        try require(try number("failovers", of: summary) == 1, "there was not exactly one failover")
        let replies = await journal.entries.filter { $0.who == user.who && $0.event == "output" }.map(\.message)
        let expected = (1...Self.messages).map { "message \($0)" }
        let texts = replies.map { $0.drop { $0 != ":" }.dropFirst(2) }
        try require(
            texts.elementsEqual(expected, by: ==), "the replies are not messages 1 to \(Self.messages), each once and in order")
        let counts = replies.map { Int($0.prefix { $0 != ":" }) ?? 0 }
        for (index, count) in counts.enumerated() {
            try require(
                (index + 1...index + 1 + resent).contains(count),
                "message \(index + 1) was counted as number \(count): the session's state was lost")
        }
        checks.append(
            "messages 1 to \(Self.messages) were acknowledged, each once and in order; none was lost, \(resent) sent again")
    }

    private func changePool() async throws {
        try await expectPool(["B", "C"], by: "two elements are left")
        try await startElement("D", at: "127.0.0.5", load: 5)
        try await expectPool(["B", "C", "D"], by: "an added element is in the pool at once")

        guard let leaving = processes.first(where: { $0.who == "element C" }) else { throw DemoFailure("element C never ran") }
        await journal.note("terminate", "sends SIGTERM to element C: it deregisters and ends", of: "demo")
        leaving.terminate()
        _ = try await expect("deregistered", of: leaving, "element C deregistered")
        try await expectExit(of: leaving)
        let identifier = identifiers["C"]
        _ = try await expect("deregistered", of: "registrar", "the registrar deregistered element C") {
            $0.fields["element"] == identifier
        }
        try await expectPool(["B", "D"], by: "a deregistered element is out of the pool at once")

        let user = try start(
            "second user",
            [
                "user", "--pool", Self.pool, "--local", "127.0.0.6", "--registrar", registrarAddress, "--timing", "fast",
                "--count", "3",
            ])
        let connected = try await expect("connected", of: user, "the second user found an element")
        try require(
            try field("element", of: connected) == identifiers["D"],
            "the second user did not get element D, whose load is least")
        try await expectExit(of: user)
        checks.append("a new user got the added element, whose load is least now")
    }

    private func end() async throws {
        let dead = ["element A", "element C"]
        // The registrar last, so that the elements can still deregister.
        for process in processes.reversed() where !dead.contains(process.who) && !process.who.hasSuffix("user") {
            process.terminate()
            try await expectExit(of: process)
        }
        checks.append("every process ended when asked, with status 0")
    }
}
