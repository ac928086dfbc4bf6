import Dispatch
import Foundation
import Synchronization

/// A program that runs for one session, as a process group of its own.
final class SessionProgram: Sendable {
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle
    private let error: FileHandle
    /// Where its input is written to: writing blocks while the program does not read.
    private let writing = DispatchQueue(label: "program input")
    private let exit = ProgramExit()

    /// Starts the program.
    /// - Throws: what `Process.run` throws.
    init(_ executable: URL, _ arguments: [String]) throws {
        process = Process()
        let (input, output, error) = (Pipe(), Pipe(), Pipe())
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
        self.error = error.fileHandleForReading
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error
        process.terminationHandler = { [exit] process in
            exit.set(
                process.terminationReason == .exit ? .exited(process.terminationStatus) : .killed(process.terminationStatus))
        }
        try process.run()
    }

    var processIdentifier: Int32 { process.processIdentifier }

    func outputLines(maximumLength: Int) -> FileLines {
        FileLines(of: output, maximumLength: maximumLength, splitsLongLines: true)
    }

    func errorLines(maximumLength: Int) -> FileLines {
        FileLines(of: error, maximumLength: maximumLength, splitsLongLines: true)
    }

    /// Writes to the program's input, and waits until it has room.
    /// - Parameter isLine: a line's end follows where there is none.
    /// - Returns: false where the program does not take input any more, or the task was cancelled.
    func write(_ bytes: [UInt8], isLine: Bool) async -> Bool {
        let outcome = Outcome<Bool>()
        return await withTaskCancellationHandler {
            writing.async { [input] in
                let end: [UInt8] = !isLine || bytes.last == 0x0a ? [] : [0x0a]
                outcome.set((try? input.write(contentsOf: Data(bytes + end))) != nil)
            }
            return await outcome.value
        } onCancel: {
            outcome.set(false)
        }
    }

    /// Lets the program's input end, once it has taken what was written.
    func endInput() {
        writing.async { [input] in try? input.close() }
    }

    /// Waits for the program's end, and brings it about where it does not come by itself: after `grace` by SIGTERM, after as much
    /// again by SIGKILL, to all that the program has started too.
    func end(grace: Duration) async -> ProgramEnd {
        endInput()
        // Not a child of the caller, which may be cancelled: the program has its time all the same.
        let deadline = Task { [process] in
            for signal in [SIGTERM, SIGKILL] {
                try await Task.sleep(for: grace)
                kill(-process.processIdentifier, signal)
            }
        }
        let end = await exit.value
        deadline.cancel()
        // It has ended already. Without this, Foundation's process and its run loop source keep each other, and the pipes, for ever.
        process.waitUntilExit()
        return end
    }

    private typealias ProgramExit = Outcome<ProgramEnd>
}

/// How a program ended.
enum ProgramEnd: Equatable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(Int32)

    /// The number that a shell would have for it.
    var shellStatus: String {
        switch self {
        case .exited(let status): "\(status)"
        case .killed(let signal): "\(128 + signal)"
        }
    }

    var description: String {
        switch self {
        case .exited(let status): "has ended with status \(status)"
        case .killed(let signal): "was ended by signal \(signal)"
        }
    }
}

/// A value that is set once, by whoever is first, and waited for by one task.
final class Outcome<Value: Sendable>: Sendable {
    private enum State: Sendable {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case set(Value)
    }

    private let state = Mutex(State.open)

    func set(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .set:
                return nil
            case .open:
                state = .set(value)
                return nil
            case .awaited(let waiter):
                state = .set(value)
                return waiter
            }
        }
        waiter?.resume(returning: value)
    }

    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value = state.withLock { state -> Value? in
                    if case .set(let value) = state { return value }
                    state = .awaited(continuation)
                    return nil
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }
}

/// Places of which each can be taken once.
final class PlaceCounter: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(_ limit: Int) {
        self.limit = limit
    }

    /// False where all are taken.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
    }

    func giveBack() {
        taken.withLock { $0 -= 1 }
    }
}
