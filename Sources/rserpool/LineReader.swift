import Foundation

/// Splits what comes from a file, pipe or terminal into lines.
enum LineReader {
    /// Reads until the end, blocking the calling thread.
    /// - Parameters:
    ///   - maximumLength: bytes after which a line is cut, so that a line without an end cannot fill the memory; the part
    ///     delivered is then one byte longer than the limit, by which its taker knows.
    ///   - splitsLongLines: the rest of such a line is delivered as lines of its own instead, of at most the limit.
    ///   - take: is given each line without its end; false stops the reading.
    static func read(
        from file: FileHandle, maximumLength: Int, splitsLongLines: Bool = false, _ take: ([UInt8]) -> Bool
    ) {
        var line: [UInt8] = []
        while true {
            let data = file.availableData
            guard !data.isEmpty else { break }
            for byte in data {
                if byte == 0x0a {
                    guard take(line) else { return }
                    line.removeAll(keepingCapacity: true)
                    continue
                }
                if splitsLongLines, line.count == maximumLength {
                    guard take(line) else { return }
                    line.removeAll(keepingCapacity: true)
                }
                if line.count <= maximumLength { line.append(byte) }
            }
        }
        if !line.isEmpty { _ = take(line) }
    }
}
