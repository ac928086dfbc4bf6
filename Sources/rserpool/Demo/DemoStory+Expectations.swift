import Foundation

/// Starting processes, and what must follow.
extension DemoStory {
    /// Starts this program with another command.
    func start(_ who: String, _ arguments: [String], isShown: Bool = true) throws -> DemoProcess {
        guard !isEnded else { throw DemoFailure("it was being ended already") }
        let process = try DemoProcess(
            who,
            arguments + ["--until-input-ends", "--transport", transport.rawValue, "--log-level", isVerbose ? "debug" : "info"],
            journal: journal, isShown: isShown)
        processes.append(process)
        return process
    }

    /// Waits for an event of a process.
    /// - Throws: ``DemoFailure`` where it does not come in time, or the process ends instead.
    func expect(
        _ event: String, of process: DemoProcess, _ claim: String,
        where matches: @escaping @Sendable (DemoJournal.Entry) -> Bool = { _ in true }
    ) async throws -> DemoJournal.Entry {
        try await expect(event, of: process.who, claim, where: matches)
    }

    func expect(
        _ event: String, of who: String, _ claim: String,
        where matches: @escaping @Sendable (DemoJournal.Entry) -> Bool = { _ in true }
    ) async throws -> DemoJournal.Entry {
        let entry = await journal.first(within: Self.patience) { entry in
            entry.who == who && (entry.event == "exited" || entry.event == event && matches(entry))
        }
        guard let entry else { throw DemoFailure("within \(Self.patience) it did not come about that \(claim)") }
        guard entry.event == event else {
            throw DemoFailure("\(who) ended (\(entry.message)) before \(claim)\(await lastWords(of: who))")
        }
        return entry
    }

    /// Waits for a process to end with status 0.
    func expectExit(of process: DemoProcess) async throws {
        let who = process.who
        let exited = await journal.first(within: Self.patience) { $0.who == who && $0.event == "exited" }
        guard let exited else { throw DemoFailure("\(who) did not end within \(Self.patience)") }
        let lastWords = await lastWords(of: who)
        try require(exited.fields["status"] == "0", "\(who) ended with \(exited.message), not with 0\(lastWords)")
    }

    /// What a process said that is no event: why it failed.
    private func lastWords(of who: String) async -> String {
        let words = await journal.entries.last { $0.who == who && $0.event == "stray" }
        return words.map { "; it said: \($0.message)" } ?? ""
    }

    /// Asks the registrar for the pool, by a process of its own, until it has these elements.
    func expectPool(_ names: [String], by claim: String) async throws {
        let wanted = Set(names.compactMap { identifiers[$0] })
        try require(wanted.count == names.count, "elements \(names.joined(separator: ", ")) are not all registered")
        let deadline = ContinuousClock.now + Self.patience
        var found: Set<String> = []
        repeat {
            found = try await resolve()
            if found == wanted {
                await journal.note(
                    "pool", "asks the registrar: the pool has elements \(names.joined(separator: ", "))", of: "demo")
                checks.append(claim)
                return
            }
            try await Task.sleep(for: .milliseconds(200))
        } while ContinuousClock.now < deadline
        throw DemoFailure("the registrar names the elements \(found.sorted()), not \(wanted.sorted()): not so that \(claim)")
    }

    /// The identifiers of the pool's elements.
    private func resolve() async throws -> Set<String> {
        resolutions += 1
        let resolver = try start(
            "resolve \(resolutions)",
            ["resolve", "--pool", Self.pool, "--registrar", registrarAddress, "--timing", "fast", "--json"],
            isShown: isVerbose)
        try await expectExit(of: resolver)
        let text = await journal.entries.filter { $0.who == resolver.who && $0.event == "output" }.map(\.message).joined()
        do {
            let answer = try JSONDecoder().decode(ResolvedPool.self, from: Data(text.utf8))
            return Set(answer.elements.map(\.identifier))
        } catch {
            throw DemoFailure("resolve --json printed no such JSON: \(text)")
        }
    }

    func require(_ condition: Bool, _ failure: @autoclosure () -> String) throws {
        if !condition { throw DemoFailure(failure()) }
    }

    func field(_ name: String, of entry: DemoJournal.Entry) throws -> String {
        guard let value = entry.fields[name] else {
            throw DemoFailure("the event \(entry.event) of \(entry.who) does not name its \(name)")
        }
        return value
    }

    func number(_ name: String, of entry: DemoJournal.Entry) throws -> Int {
        guard let number = Int(try field(name, of: entry)) else {
            throw DemoFailure("the event \(entry.event) of \(entry.who) has a \(name) that is no number")
        }
        return number
    }
}
