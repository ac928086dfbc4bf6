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
    /// The registrars, the first one first.
    var registrars: [DemoRegistrar] = []
    /// The pool element identifiers, by name.
    var identifiers: [String: String] = [:]
    var checks: [String] = []
    var resolutions = 0
    /// When the user's session began.
    var sessionBegan = 0.0
    /// Writes the user's messages until it is cancelled; returns how many it has written.
    var messages: Task<Int, any Error>?

    static let pool = "EchoPool"
    /// The pause between two messages of the main session.
    static let interval = Duration.milliseconds(25)
    /// Messages that are acknowledged between two steps of the story.
    static let messagesBetweenSteps = 20
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
        try await startFirstRegistrar()
        try await startElement("A", at: "127.0.0.2", load: 10, knowing: registrars)
        try await startElement("B", at: "127.0.0.3", load: 20, knowing: registrars)
        // It can look for no other registrar, so another one has to come to it.
        try await startElement("C", at: "127.0.0.4", load: 30, knowing: [registrars[0]])
        try await expectPool(["A", "B", "C"], at: [0], by: "the pool has three elements, each registered by its own process")
        try await beginSession()
        try await joinRegistrars()
        try await killRegistrar()
        try await killElement()
        try await restartRegistrar()
        try await changePool()
        try await endSession()
        try await startSecondUser()
        if !keepsPool { try await end() }
        isTold = true
        return checks
    }

    /// What to try with the pool that is kept.
    var invitation: String {
        let options = "--pool \(Self.pool) --registrar \(registrars.first?.address ?? "")"
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
        messages?.cancel()
        for process in processes { process.kill() }
        for process in processes { await process.end() }
    }

    // MARK: Elements

    func startElement(_ name: String, at address: String, load: Int, knowing registrars: [DemoRegistrar]) async throws {
        let element = try start(
            "element \(name)",
            ["element", "--pool", Self.pool, "--local", address, "--policy", "least-used:load=\(load)%"]
                + registrars.flatMap { ["--registrar", $0.address] })
        let registered = try await expect("registered", of: element, "element \(name) is registered")
        let identifier = try field("element", of: registered)
        identifiers[name] = identifier
        await journal.name(identifier, name)
    }

    private func killElement() async throws {
        let (user, victim) = (try process("user"), try process("element A"))
        await journal.note(
            "kill", "sends SIGKILL to element A (process \(victim.processIdentifier)), the one in use", of: "demo")
        let killed = await journal.now
        let acknowledged = await acknowledgedMessages
        victim.kill()

        let failed = try await expect("element-failed", of: user, "the user noticed that element A is dead")
        try require(try field("element", of: failed) == identifiers["A"], "the user took another element than A for dead")
        checks.append("the dead element was noticed after \(Text.seconds(failed.time - killed)) s")

        let identifier = identifiers["B"]
        _ = try await expect("connected", of: user, "the user went over to element B") { $0.fields["element"] == identifier }
        let resumed = try await expect(
            "session-resumed", of: try process("element B"), "element B got the cookie of the session")
        let carried = try number("count", of: resumed)
        try require(
            carried >= acknowledged,
            "the cookie carried the count \(carried), but \(acknowledged) messages had been acknowledged")
        checks.append("the cookie carried the count \(carried) to element B, which went on from there")

        let first = registrars[0].address
        let found = try await expect("registrar-found", of: user, "the user found another registrar") {
            $0.fields["registrar"] != first
        }
        checks.append("the user reported the dead element to the registrar at \(try field("registrar", of: found))")
        let dead = identifiers["A"]
        let removed = try await expect(
            "removed", ofAny: registrars[1...].map(\.process), "a registrar removed element A"
        ) { $0.fields["element"] == dead }
        checks.append("\(removed.who) removed the dead element \(Text.seconds(removed.time - killed)) s after the kill")
        try await expectPool(["B", "C"], at: [1, 2], by: "two elements are left, at every registrar")
    }

    private func changePool() async throws {
        try await startElement("D", at: "127.0.0.5", load: 5, knowing: registrars)
        try await expectPool(
            ["B", "C", "D"], at: [0, 1, 2], by: "an added element is in the pool at once, at every registrar")

        let leaving = try process("element C")
        await journal.note("terminate", "sends SIGTERM to element C: it deregisters and ends", of: "demo")
        leaving.terminate()
        _ = try await expect("deregistered", of: leaving, "element C deregistered")
        try await expectExit(of: leaving)
        let identifier = identifiers["C"]
        _ = try await expect("deregistered", ofAny: registrars.map(\.process), "a registrar deregistered element C") {
            $0.fields["element"] == identifier
        }
        try await expectPool(
            ["B", "D"], at: [0, 1, 2], by: "a deregistered element is out of the pool at once, at every registrar")
        try await expectMessages("after the pool has changed")
    }

    private func startSecondUser() async throws {
        let user = try start(
            "second user",
            ["user", "--pool", Self.pool, "--local", "127.0.0.6", "--registrar", registrars[0].address, "--count", "3"])
        let connected = try await expect("connected", of: user, "the second user found an element")
        try require(
            try field("element", of: connected) == identifiers["D"],
            "the second user did not get element D, whose load is least")
        try await expectExit(of: user)
        checks.append("a new user got the added element, whose load is least now")
    }

    private func end() async throws {
        // The registrars last, so that the elements can still deregister.
        let elements = [try process("element D"), try process("element B")]
        for process in elements + registrars.reversed().map(\.process) {
            process.terminate()
            try await expectExit(of: process)
        }
        checks.append("every process ended when asked, with status 0")
    }
}
