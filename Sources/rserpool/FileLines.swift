import Dispatch
import Foundation

/// The lines of a file, pipe or terminal, without their ends, read by a thread of their own.
///
/// The thread stops reading when ``capacity`` lines wait to be taken, so a large file piped in does not fill the memory.
struct FileLines: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    /// Lines read ahead.
    static let capacity = 256

    private let lines: AsyncStream<[UInt8]>
    private let room: DispatchSemaphore

    /// - Parameters:
    ///   - file: what is read, to its end or until nobody takes the lines any more.
    ///   - maximumLength: bytes after which a line is cut, to one byte more than this.
    ///   - splitsLongLines: the rest of such a line comes as lines of its own instead.
    init(of file: FileHandle = .standardInput, maximumLength: Int, splitsLongLines: Bool = false) {
        let room = DispatchSemaphore(value: Self.capacity)
        let (lines, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        self.lines = lines
        self.room = room
        // Who waits for room when the taker has gone finds that out.
        continuation.onTermination = { _ in room.signal() }
        Thread.detachNewThread {
            LineReader.read(from: file, maximumLength: maximumLength, splitsLongLines: splitsLongLines) { line in
                room.wait()
                if case .terminated = continuation.yield(line) { return false }
                return true
            }
            continuation.finish()
        }
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var lines: AsyncStream<[UInt8]>.Iterator
        fileprivate let room: DispatchSemaphore

        mutating func next() async -> [UInt8]? {
            await next(isolation: #isolation)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async -> [UInt8]? {
            guard let line = await lines.next(isolation: actor) else { return nil }
            room.signal()
            return line
        }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(lines: lines.makeAsyncIterator(), room: room)
    }
}
