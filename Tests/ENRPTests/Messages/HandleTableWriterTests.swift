import ENRP
import RSerPoolParameters
import RequirementTesting
import Testing

@Suite("RFC 5353 §2.3: a handle table response filled up to a size")
struct HandleTableWriterTests {
    private func writer(limit: Int) -> HandleTableWriter {
        HandleTableWriter(sender: Sample.sender, receiver: Sample.receiver, limit: limit)
    }

    @Test(
        "Elements of a pool make one entry, and the message is the one that the values make",
        .requirement("enrp-2.3-R3", "enrp-2.3-R4", "enrp-2.3-R5"))
    func entries() throws {
        var table = writer(limit: 65_532)
        #expect(try table.add(Sample.element, of: Sample.pool))
        #expect(try table.add(Sample.element, of: Sample.pool))
        #expect(try table.add(Sample.otherElement, of: "P"))
        #expect(table.count == 3)
        let golden = try #require(GoldenMessage.all.first { $0.section == "2.3, two pools" })
        #expect(try table.finish(hasMore: false) == golden.bytes)
    }

    @Test("The M flag says that there is more; a message without elements is sound too")
    func flags() throws {
        var empty = writer(limit: 64)
        #expect(try empty.finish(hasMore: false) == bytes("0300 000c \(Sample.identifiers)"))
        var table = writer(limit: 65_532)
        #expect(try table.add(Sample.element, of: Sample.pool))
        let golden = try #require(GoldenMessage.all.first { $0.section == "2.3 M flag" })
        #expect(try table.finish(hasMore: true) == golden.bytes)
    }

    /// 12 bytes of header and identifiers, 12 of the handle, 44 for each element.
    @Test("It takes an element as long as the message stays within its size, to the byte", arguments: 0..<10)
    func limit(_ room: Int) throws {
        for slack in [0, 1, 43] {
            let limit = 12 + 12 + 44 + room * 44 + slack
            var table = writer(limit: limit)
            var added = 0
            while added < 100, try table.add(Sample.element, of: Sample.pool) { added += 1 }
            #expect(added == room + 1)
            let bytes = try table.finish(hasMore: true)
            #expect(bytes.count == 24 + added * 44)
            let message = try ENRPMessage.decode(bytes).message
            #expect(
                message
                    == .handleTableResponse(
                        .init(
                            hasMore: true, sender: Sample.sender, receiver: Sample.receiver,
                            entries: [.init(pool: Sample.pool, elements: Array(repeating: Sample.element, count: added))])))
        }
    }

    @Test("What does not fit leaves nothing behind: neither its pool's handle nor what it preserves")
    func rollback() throws {
        var table = writer(limit: 12 + 12 + 44 + 20)
        #expect(try table.add(Sample.element, of: Sample.pool))
        var other = Sample.otherElement
        other.preserved = [PreservedParameter(index: 3, type: ParameterType(rawValue: 0x8123), value: [1, 2, 3])]
        #expect(try !table.add(other, of: "Other"))
        #expect(table.count == 1)
        let golden = try #require(GoldenMessage.all.first { $0.section == "2.3 M flag" })
        #expect(try table.finish(hasMore: true) == golden.bytes)
    }

    @Test("An element that fits into no message is an error and not an end")
    func tooLong() throws {
        var table = writer(limit: 60)
        #expect(throws: WireEncodingError.messageTooLong(60)) { try table.add(Sample.element, of: Sample.pool) }
        var unlimited = writer(limit: .max)
        var giant = Sample.element
        giant.userTransport = .opaque(OpaqueTransportParameter([UInt8](repeating: 0, count: 65_535)))
        #expect(throws: WireEncodingError.self) { try unlimited.add(giant, of: Sample.pool) }
        #expect(try unlimited.add(Sample.element, of: Sample.pool))
        #expect(try ENRPMessage.decode(unlimited.finish(hasMore: false)).message.type == .handleTableResponse)
    }

    @Test("10,000 elements travel in messages that are full but for less than an element, each once and in order")
    func manyMessages() throws {
        let elements = (1...10_000 as ClosedRange<UInt32>).map { number in
            var element = Sample.element
            element.identifier = PoolElementIdentifier(rawValue: number)
            return (pool: PoolHandle("Pool \(number / 700)"), element: element)
        }
        var received: [(pool: PoolHandle, element: PoolElementParameter)] = []
        var next = 0
        var messages = 0
        while next < elements.count {
            var table = writer(limit: 65_532)
            while next < elements.count, try table.add(elements[next].element, of: elements[next].pool) { next += 1 }
            let bytes = try table.finish(hasMore: next < elements.count)
            messages += 1
            #expect(bytes.count <= 65_532)
            #expect(next == elements.count || bytes.count > 65_532 - 44 - 16)
            guard case .handleTableResponse(let response) = try ENRPMessage.decode(bytes).message else { return }
            #expect(response.hasMore == (next < elements.count))
            for entry in response.entries { received += entry.elements.map { (entry.pool, $0) } }
        }
        #expect(messages == 7)
        #expect(received.map(\.element) == elements.map(\.element))
        #expect(received.map(\.pool) == elements.map(\.pool))
    }
}
