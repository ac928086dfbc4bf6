import Foundation

/// Starting processes, and what must follow.
extension DemoStory {
    /// Starts this program with another command.
    /// - Parameters:
    ///   - readsInput: the process takes its work from its input; all others only look for the input's end.
    ///   - isShown: whether the timeline shows the process's events.
    func start(
        _ who: String, _ arguments: [String], readsInput: Bool = false, isShown: Bool = true
    ) throws -> DemoProcess {
        guard !isEnded else { throw DemoFailure("it was being ended already") }
        let process = try DemoProcess(
            who, number: processes.count,
            arguments + (readsInput ? [] : ["--until-input-ends"])
                + ["--transport", transport.rawValue, "--timing", "fast", "--log-level", "debug"],
            journal: journal, showing: isVerbose ? .all : isShown ? .timeline : .none)
        processes.append(process)
        return process
    }

    /// The process of this name, the last one where it was started again.
    func process(_ who: String) throws -> DemoProcess {
        guard let process = processes.last(where: { $0.who == who }) else { throw DemoFailure("\(who) never ran") }
        return process
    }

    /// Waits for an event of a process.
    /// - Throws: ``DemoFailure`` where it does not come in time, or the process ends instead.
    func expect(
        _ event: String, of process: DemoProcess, _ claim: String,
        where matches: @escaping @Sendable (DemoJournal.Entry) -> Bool = { _ in true }
    ) async throws -> DemoJournal.Entry {
        try await expect(event, ofAny: [process], claim, where: matches)
    }

    /// Waits for an event of one of several processes.
    func expect(
        _ event: String, ofAny processes: [DemoProcess], _ claim: String,
        where matches: @escaping @Sendable (DemoJournal.Entry) -> Bool = { _ in true }
    ) async throws -> DemoJournal.Entry {
        try await expectAny(of: processes, claim) { $0.event == event && matches($0) }
    }

    /// Waits for what matches, of one of several processes.
    func expectAny(
        of processes: [DemoProcess], _ claim: String, where matches: @escaping @Sendable (DemoJournal.Entry) -> Bool
    ) async throws -> DemoJournal.Entry {
        let numbers = Set(processes.map(\.number))
        let entry = await journal.first(within: Self.patience) { entry in
            entry.process.map(numbers.contains) ?? false && (entry.event == "exited" || matches(entry))
        }
        guard let entry else { throw DemoFailure("within \(Self.patience) it did not come about that \(claim)") }
        guard entry.event != "exited" else {
            throw DemoFailure("\(entry.who) ended (\(entry.message)) before \(claim)\(await lastWords(of: entry.who))")
        }
        return entry
    }

    /// Waits for a process to end with status 0.
    func expectExit(of process: DemoProcess) async throws {
        let (who, number) = (process.who, process.number)
        let exited = await journal.first(within: Self.patience) { $0.process == number && $0.event == "exited" }
        guard let exited else { throw DemoFailure("\(who) did not end within \(Self.patience)") }
        let lastWords = await lastWords(of: who)
        try require(exited.fields["status"] == "0", "\(who) ended with \(exited.message), not with 0\(lastWords)")
    }

    /// What a process said that is no event: why it failed.
    private func lastWords(of who: String) async -> String {
        let words = await journal.entries.last { $0.who == who && $0.event == "stray" }
        return words.map { "; it said: \($0.message)" } ?? ""
    }

    /// Asks registrars for the pool, each by a process of its own, until it has these elements at all of them.
    func expectPool(_ names: [String], at places: [Int], by claim: String) async throws {
        let wanted = Set(names.compactMap { identifiers[$0] })
        try require(wanted.count == names.count, "elements \(names.joined(separator: ", ")) are not all registered")
        let deadline = ContinuousClock.now + Self.patience
        for place in places {
            while true {
                let found = try await resolve(at: registrars[place].address)
                if found == wanted { break }
                guard ContinuousClock.now < deadline else {
                    throw DemoFailure(
                        "\(registrars[place].name) names the elements \(found.sorted()), not \(wanted.sorted()): "
                            + "not so that \(claim)")
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        let asked = places.map { "\($0 + 1)" }.joined(separator: ", ")
        await journal.note(
            "pool",
            "asks registrar\(places.count == 1 ? "" : "s") \(asked): the pool has elements \(names.joined(separator: ", "))",
            of: "demo")
        checks.append(claim)
    }

    /// The identifiers of the pool's elements, as a registrar names them.
    private func resolve(at registrar: String) async throws -> Set<String> {
        resolutions += 1
        let resolver = try start(
            "resolve \(resolutions)", ["resolve", "--pool", Self.pool, "--registrar", registrar, "--json"], isShown: false)
        try await expectExit(of: resolver)
        let text = await journal.entries.filter { $0.process == resolver.number && $0.event == "output" }.map(\.message)
            .joined()
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
