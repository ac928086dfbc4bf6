import Foundation
import Testing

@testable import rserpool

struct LineReaderTests {
    private func lines(of text: String, maximumLength: Int = 10, taking limit: Int = .max) throws -> [String] {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        var lines: [String] = []
        LineReader.read(from: pipe.fileHandleForReading, maximumLength: maximumLength) { line in
            lines.append(String(decoding: line, as: UTF8.self))
            return lines.count < limit
        }
        return lines
    }

    @Test func linesComeWithoutTheirEnds() throws {
        #expect(try lines(of: "one\n\ntwo\n") == ["one", "", "two"])
    }

    @Test func theLastLineNeedsNoEnd() throws {
        #expect(try lines(of: "one\ntwo") == ["one", "two"])
        #expect(try lines(of: "") == [])
    }

    @Test func aLineThatIsTooLongIsOneByteTooLong() throws {
        #expect(try lines(of: "0123456789\n0123456789abc\nx\n") == ["0123456789", "0123456789a", "x"])
    }

    @Test func theTakerStopsTheReading() throws {
        #expect(try lines(of: "one\ntwo\nthree\n", taking: 2) == ["one", "two"])
    }
}
