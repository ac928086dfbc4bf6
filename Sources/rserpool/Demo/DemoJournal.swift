import Foundation

/// What the demonstration has seen so far: the events of its processes and its own, in the order of arrival.
actor DemoJournal {
    struct Entry: Sendable {
        /// Seconds since the demonstration began.
        var time: Double
        /// Who: `registrar 1`, `element A`, `user`, `demo`.
        var who: String
        /// The process's number in the demonstration: a registrar that is started again is another process. Nil for `demo`.
        var process: Int?
        /// The event's name; `exited` for the end of a process, `output` for a line on its standard output.
        var event: String
        var message: String
        var fields: [String: String]
        /// Whether the timeline shows it.
        var isShown: Bool
    }

    /// Which of a process's events the timeline shows.
    enum Shown: Sendable {
        case none
        case timeline
        case all

        /// Events of the level `debug` that belong to the story: the hunt for a registrar.
        private static let story: Set<String> = ["registrar-search", "registrar-found"]

        func includes(_ event: EventLine) -> Bool {
            switch self {
            case .none: false
            case .timeline: event.level != "debug" || Self.story.contains(event.event)
            case .all: true
            }
        }
    }

    private struct Waiter {
        var matches: @Sendable (Entry) -> Bool
        var continuation: CheckedContinuation<Entry?, Never>
    }

    /// More would mean that a process writes without end; the demonstration then fails.
    static let maximumEntries = 20_000

    private let start = Date().timeIntervalSince1970
    private(set) var entries: [Entry] = []
    private var waiters: [Int: Waiter] = [:]
    private var nextWaiter = 0
    /// How many entries ``takeShown(before:)`` has passed.
    private var taken = 0
    /// Identifiers of pool elements and what the timeline calls them.
    private var names: [(identifier: String, name: String)] = []

    /// Seconds since the demonstration began.
    var now: Double { Date().timeIntervalSince1970 - start }

    /// Lets the timeline say `element A` for an element's identifier.
    func name(_ identifier: String, _ name: String) {
        names.append((identifier, name))
    }

    /// Notes a line of a process's standard error: an event, or text that a process should not write, which is shown always.
    func note(errorLine line: [UInt8], of who: String, _ process: Int? = nil, showing shown: Shown = .timeline) {
        if let event = try? JSONDecoder().decode(EventLine.self, from: Data(line)) {
            append(
                Entry(
                    time: event.time - start, who: who, process: process, event: event.event, message: event.message,
                    fields: event.fields, isShown: shown.includes(event)))
        } else {
            note("stray", String(decoding: line, as: UTF8.self), of: who, process)
        }
    }

    func note(
        _ event: String, _ message: String, of who: String, _ process: Int? = nil, _ fields: [String: String] = [:],
        isShown: Bool = true
    ) {
        append(
            Entry(time: now, who: who, process: process, event: event, message: message, fields: fields, isShown: isShown))
    }

    private func append(_ entry: Entry) {
        guard entries.count < Self.maximumEntries else { return }
        entries.append(entry)
        for (key, waiter) in waiters where waiter.matches(entry) {
            waiters[key] = nil
            waiter.continuation.resume(returning: entry)
        }
    }

    /// The first entry that matches, waiting for it; nil where none comes within `limit`.
    func first(within limit: Duration, where matches: @escaping @Sendable (Entry) -> Bool) async -> Entry? {
        let key = nextWaiter
        nextWaiter += 1
        let timeout = Task {
            try? await Task.sleep(for: limit)
            self.giveUp(on: key)
        }
        defer { timeout.cancel() }
        return await withCheckedContinuation { continuation in
            if let entry = entries.first(where: matches) { return continuation.resume(returning: entry) }
            waiters[key] = Waiter(matches: matches, continuation: continuation)
        }
    }

    private func giveUp(on key: Int) {
        waiters.removeValue(forKey: key)?.continuation.resume(returning: nil)
    }

    /// Releases everybody who waits: the demonstration is being ended.
    func giveUpAll() {
        for key in waiters.keys.sorted() { giveUp(on: key) }
    }

    /// The entries to show that are not yet taken and happened before `time`, sorted by time: events of several processes arrive
    /// by several pipes, so a little out of order.
    func takeShown(before time: Double) -> [Entry] {
        let end = entries[taken...].firstIndex { $0.time >= time } ?? entries.endIndex
        defer { taken = end }
        return entries[taken..<end].filter(\.isShown).sorted { $0.time < $1.time }.map { entry in
            var entry = entry
            for (identifier, name) in names { entry.message = entry.message.replacingOccurrences(of: identifier, with: name) }
            return entry
        }
    }
}
