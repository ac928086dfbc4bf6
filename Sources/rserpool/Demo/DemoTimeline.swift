/// Prints the journal as it grows: when, who, what.
struct DemoTimeline {
    let journal: DemoJournal

    /// Entries are printed this much later than they happened, so that those of other processes can still be put before them.
    private static let delay = 0.15

    func printUntilCancelled() async {
        StandardStreams.writeOutput("seconds  who          what")
        while !Task.isCancelled {
            await printEntries(before: await journal.now - Self.delay)
            try? await Task.sleep(for: .milliseconds(50))
        }
        await printEntries(before: .infinity)
    }

    private func printEntries(before time: Double) async {
        for entry in await journal.takeShown(before: time) {
            StandardStreams.writeOutput(
                "\(Self.column(entry.time))  \(Text.padded(entry.who, to: 11))  \(entry.message)")
        }
    }

    /// Seconds, right-aligned below the heading.
    private static func column(_ time: Double) -> String {
        let text = Text.seconds(time)
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }
}
