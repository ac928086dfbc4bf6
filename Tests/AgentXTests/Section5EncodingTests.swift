import Testing

@testable import AgentX

@Suite("RFC 2741 §5: encodings")
struct Section5EncodingTests {
    private func written(isBigEndian: Bool = true, _ write: (inout AgentXWriter) -> Void) -> [UInt8] {
        var writer = AgentXWriter()
        writer.isBigEndian = isBigEndian
        write(&writer)
        return writer.bytes
    }

    @Test("§5.1: a name below internet is written by its short form")
    func shortName() throws {
        let bytes = written { $0.name([1, 3, 6, 1, 2, 1, 1, 1, 0]) }
        #expect(bytes == [4, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0])
        var reader = AgentXReader(bytes[...], isBigEndian: true)
        #expect(try reader.name("name").0 == [1, 3, 6, 1, 2, 1, 1, 1, 0])
    }

    @Test("§5.1: another name is written whole")
    func longName() {
        #expect(
            written { $0.name([1, 2, 3, 4]) } == [4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4])
        #expect(written { $0.name([]) } == [0, 0, 0, 0])
        // A prefix is one byte: 256 has no short form.
        #expect(written { $0.name([1, 3, 6, 1, 256]) }.prefix(2) == [5, 0])
    }

    @Test("§5.2: a range says whether its start is in it")
    func range() throws {
        let range = SearchRange(
            from: [1, 3, 6, 1, 2, 1, 25, 2], isStartIncluded: true, to: [1, 3, 6, 1, 2, 1, 25, 2, 1])
        let bytes = written { $0.searchRange(range) }
        #expect(
            bytes == [
                3, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 2, 4, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1,
            ])
        var reader = AgentXReader(bytes[...], isBigEndian: true)
        #expect(try reader.searchRange("range") == range)
        #expect(range.contains([1, 3, 6, 1, 2, 1, 25, 2]) && range.contains([1, 3, 6, 1, 2, 1, 25, 2, 0, 7]))
        #expect(!range.contains([1, 3, 6, 1, 2, 1, 25, 2, 1]) && !range.contains([1, 3, 6, 1, 2, 1, 25]))
    }

    @Test("§5.3: a string is padded to four bytes")
    func octetString() throws {
        #expect(written { $0.octetString([1, 2, 3, 4, 5]) } == [0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0])
        #expect(written(isBigEndian: false) { $0.octetString([9]) } == [1, 0, 0, 0, 9, 0, 0, 0])
        var tooShort = AgentXReader([0, 0, 0, 5, 1, 2, 3, 4, 5][...], isBigEndian: true)
        #expect(throws: AgentXError(.truncated, "string", at: 0)) { try tooShort.octetString("string") }
        var huge = AgentXReader([0xff, 0xff, 0xff, 0xff, 0][...], isBigEndian: true)
        #expect(throws: AgentXError(.truncated, "string", at: 0)) { try huge.octetString("string") }
    }

    @Test("§5.4: every syntax comes back, in both byte orders", arguments: [true, false])
    func values(isBigEndian: Bool) throws {
        for value in Samples.values {
            let binding = VariableBinding([1, 3, 6, 1, 3, 125, 1], value)
            let bytes = written(isBigEndian: isBigEndian) { $0.binding(binding) }
            var reader = AgentXReader(bytes[...], isBigEndian: isBigEndian)
            #expect(try reader.binding("vb") == binding)
            #expect(reader.isAtEnd)
            #expect(bytes.count <= binding.encodedLength)
        }
    }

    @Test("§5.4: an unknown syntax is refused with its place")
    func unknownSyntax() {
        var reader = AgentXReader([0, 3, 0, 0, 0, 0, 0, 0][...], isBigEndian: true)
        #expect(throws: AgentXError(.invalidValue(3), "vb", at: 0)) { try reader.binding("vb") }
    }

    @Test("§5.1: no name is longer than 128 numbers, no include other than 0 and 1")
    func nameLimits() {
        let long = [129, 0, 0, 0] + [UInt8](repeating: 0, count: 129 * 4)
        var reader = AgentXReader(long[...], isBigEndian: true)
        #expect(throws: AgentXError(.invalidValue(129), "name", at: 0)) { try reader.name("name") }
        var included = AgentXReader([0, 0, 2, 0][...], isBigEndian: true)
        #expect(throws: AgentXError(.invalidValue(2), "name", at: 0)) { try included.name("name") }
    }

    @Test("Names are read from text and ordered as walks go")
    func names() {
        #expect(ObjectIdentifier("1.3.6.1.3.125") == [1, 3, 6, 1, 3, 125])
        #expect(ObjectIdentifier(".1.3") == [1, 3])
        #expect(ObjectIdentifier("1..3") == nil && ObjectIdentifier("") == nil && ObjectIdentifier("1.x") == nil)
        #expect(ObjectIdentifier([1, 3]) < [1, 3, 0] && ObjectIdentifier([1, 2, 9]) < [1, 3])
        #expect(ObjectIdentifier([1, 3]).isPrefix(of: [1, 3, 6]) && !ObjectIdentifier([1, 3]).isPrefix(of: [1, 4, 3]))
    }
}
