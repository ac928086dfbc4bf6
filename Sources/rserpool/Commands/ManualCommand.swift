import ArgumentParser
import Foundation

/// `rserpool manual`: not shown in the help text, for `make install`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Write the manual pages, one for the tool and one for each command.",
        shouldDisplay: false)

    @Argument(help: "The directory to write to.", completion: .directory)
    var directory: String

    func run() throws {
        do {
            for page in try ManualPage.pages(of: RSerPoolTool.self) {
                let file = URL(fileURLWithPath: directory).appendingPathComponent(page.name + ".1")
                try Data(page.text.utf8).write(to: file)
            }
        } catch let error as CocoaError {
            throw ToolFailure(.system, "the manual pages could not be written to '\(directory)': \(error.localizedDescription)")
        }
    }
}
