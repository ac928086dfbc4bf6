/// The user's session, which lasts from the first registrar's start to the last change of the pool.
extension DemoStory {
    /// How many of the user's messages have their answer.
    var acknowledgedMessages: Int {
        get async { await journal.entries.count { $0.who == "user" && $0.event == "output" } }
    }

    /// Starts the user, which sends every line of its input as a message, and begins to write lines.
    func beginSession() async throws {
        let user = try start(
            "user",
            ["user", "--pool", Self.pool, "--local", "127.0.0.6"] + registrars.flatMap { ["--registrar", $0.address] },
            readsInput: true)
        messages = Task {
            var number = 0
            while !Task.isCancelled {
                number += 1
                try user.write("message \(number)\n")
                try? await Task.sleep(for: Self.interval)
            }
            return number
        }
        let connected = try await expect("connected", of: user, "the user found an element")
        try require(
            try field("element", of: connected) == identifiers["A"], "Least Used did not choose element A, whose load is least")
        checks.append("Least Used chose the element with the least load, 10 %")
        sessionBegan = connected.time
        try await expectMessages("at the beginning")
    }

    /// Waits until so many further messages have their answer.
    func expectMessages(_ when: String) async throws {
        let user = try process("user")
        let wanted = await acknowledgedMessages + Self.messagesBetweenSteps
        _ = try await expect("progress", of: user, "the session goes on \(when)") { entry in
            Int(entry.fields["acknowledged"] ?? "") ?? 0 >= wanted
        }
        await journal.note("session", "the session goes on: \(wanted) messages are acknowledged", of: "demo")
    }

    /// Lets the user send no more, and checks what it got.
    func endSession() async throws {
        let user = try process("user")
        messages?.cancel()
        guard let sent = try await messages?.value else { throw DemoFailure("the user never sent a message") }
        try user.endInput()
        try await expectExit(of: user)
        try await checkMessages(of: user, sent)
    }

    /// The user's own summary, and independently the replies that it printed.
    private func checkMessages(of user: DemoProcess, _ sent: Int) async throws {
        let summary = try await expect("summary", of: user, "the user summed up")
        let resent = try number("resent", of: summary)
        try require(try number("acknowledged", of: summary) == sent, "not every message was acknowledged")
        try require(try number("failovers", of: summary) == 1, "there was not exactly one failover")
        let replies = await journal.entries.filter { $0.process == user.number && $0.event == "output" }.map(\.message)
        let expected = (1...sent).map { "message \($0)" }
        let texts = replies.map { $0.drop { $0 != ":" }.dropFirst(2) }
        try require(texts.elementsEqual(expected, by: ==), "the replies are not messages 1 to \(sent), each once and in order")
        let counts = replies.map { Int($0.prefix { $0 != ":" }) ?? 0 }
        for (index, count) in counts.enumerated() {
            try require(
                (index + 1...index + 1 + resent).contains(count),
                "message \(index + 1) was counted as number \(count): the session's state was lost")
        }
        checks.append(
            "messages 1 to \(sent) were acknowledged, each once and in order; none was lost, \(resent) sent again")
        checks.append("the one session lasted \(Text.seconds(summary.time - sessionBegan)) s, through all of this")
    }
}
