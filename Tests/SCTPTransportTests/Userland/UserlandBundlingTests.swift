#if UserlandSCTP
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // Which packets messages travel in.
    extension UserlandTests {
        private struct Chunk {
            var type: UInt8
            var bytes: ArraySlice<UInt8>

            static let data: UInt8 = 0
            static let selectiveAcknowledgement: UInt8 = 3

            var transmissionSequenceNumber: UInt32 {
                bytes.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            }

            /// The chunks of a packet; nil where it is no sequence of chunks.
            static func all(of packet: [UInt8]) -> [Chunk]? {
                var chunks: [Chunk] = []
                var rest = packet.dropFirst(12)
                while let type = rest.first {
                    let length = rest.dropFirst(2).prefix(2).reduce(0) { $0 << 8 | Int($1) }
                    guard length >= 4, length <= rest.count else { return nil }
                    chunks.append(Chunk(type: type, bytes: rest.prefix(length)))
                    rest = rest.dropFirst((length + 3) / 4 * 4)
                }
                return chunks
            }
        }

        /// The longest SCTP packet that fits IPv6's minimum MTU in UDP.
        private static let longestPacket = 1280 - 40 - 8

        /// A client whose packets to an echoing server pass a relay, with their association up.
        private func relayed(
            on bench: UserlandBench
        ) async throws -> (relay: UDPRelay, server: Int, client: Int, association: AssociationIdentifier) {
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let client = try await bench.open(UserlandBench.loopback(2))
            let relay = try UDPRelay(to: await bench.addresses(server)[0])
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in try backend.open(association, to: [relay.address]) }
            try #require(
                await bench.wait { delegates, _ in
                    relay.pump(); return !delegates[client].told(association).isEmpty
                })
            return (relay, server, client, association)
        }

        private func abortBoth(_ bench: UserlandBench, _ server: Int, _ client: Int) async throws {
            try await bench.with(client) { backend, _ in try backend.abort(AssociationIdentifier(chosen: 1)) }
            try await bench.with(server) { backend, _ in try backend.abort(AssociationIdentifier(accepted: 1)) }
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test(arguments: [1, 30, 64, 200, 900])
        func messagesOfOneTurnShareItsPackets(length: Int) async throws {
            let bench = UserlandBench()
            let (relay, server, client, association) = try await relayed(on: bench)
            let count = 40
            let before = relay.packets.count
            try await bench.with(client) { backend, _ in
                for number in 0..<count {
                    let bytes = [UInt8](repeating: UInt8(number), count: length)
                    try unsafe backend.send(bytes.span.bytes, MessageHeader(stream: UInt16(number % 3)), on: association)
                }
            }
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return delegates[client].messages.count == count
                })
            await bench.with(client) { _, delegate in
                let sorted = delegate.messages.map(\.message.bytes).sorted { $0[0] < $1[0] }
                #expect(sorted == (0..<count).map { [UInt8](repeating: UInt8($0), count: length) })
            }
            let packets = relay.packets.dropFirst(before)
            var sequence: [UInt32] = []
            var packetsWithData = 0
            for packet in packets {
                #expect(packet.count <= UserlandTests.longestPacket)
                let chunks = try #require(Chunk.all(of: packet))
                let firstData = chunks.firstIndex { $0.type == Chunk.data } ?? chunks.endIndex
                // RFC 9260 §6.10: control chunks before DATA.
                #expect(chunks[firstData...].allSatisfy { $0.type == Chunk.data })
                sequence += chunks[firstData...].map(\.transmissionSequenceNumber)
                if firstData < chunks.endIndex { packetsWithData += 1 }
            }
            let first = try #require(sequence.first)
            // A message that is sent again, because an answer is late, comes on top.
            #expect(Set(sequence) == Set((0..<UInt32(count)).map { first &+ $0 }))
            if sequence.count == count {
                // The congestion window splits what does not fit it into turns of their own.
                let perPacket = (UserlandTests.longestPacket - 12) / ((length + 3) / 4 * 4 + 16)
                #expect(packetsWithData <= (count + perPacket - 1) / perPacket + 6)
            }
            try await abortBoth(bench, server, client)
        }

        /// Nothing waits for an acknowledgement (RFC 9260 §6.1: what Nagle's algorithm would do).
        @Test func aLoneMessageLeavesWhileOthersAreUnacknowledged() async throws {
            let bench = UserlandBench()
            let (relay, server, client, association) = try await relayed(on: bench)
            // What the server last said is on its way back no more.
            try await Task.sleep(for: .milliseconds(20))
            relay.pump()
            let before = relay.packets.count
            func sequence() -> [UInt32] {
                relay.packets.dropFirst(before).compactMap { Chunk.all(of: $0) }.joined().filter { $0.type == Chunk.data }
                    .map(\.transmissionSequenceNumber)
            }
            for number in 1...5 {
                try await bench.send([UInt8(number)], on: association, of: client)
                #expect(
                    await bench.wait { _, _ in
                        relay.hold(); return sequence().count >= number
                    })
            }
            // None was sent again, so it was not a time-out that sent the later ones.
            let found = sequence()
            #expect(found == (0..<5).map { found[0] &+ UInt32($0) })
            try await abortBoth(bench, server, client)
        }

        /// While reading is paused the client has not been told that its association is up.
        @Test func messagesLeaveWhileTheClientIsPausedAndNotToldOfItsAssociation() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863))
            let client = try await bench.open(UserlandBench.loopback(2))
            let relay = try UDPRelay(to: await bench.addresses(server)[0])
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in
                backend.setReceivingPaused(true)
                try backend.open(association, to: [relay.address])
            }
            try await bench.send([0], on: association, of: client)
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return delegates[server].messages.count == 1
                })
            let before = relay.packets.count
            func messages() -> [UInt8] {
                relay.packets.dropFirst(before).compactMap { Chunk.all(of: $0) }.joined().filter { $0.type == Chunk.data }
                    .compactMap { $0.bytes.dropFirst(16).first }
            }
            for number: UInt8 in 1...3 {
                try await bench.send([number], on: association, of: client)
                #expect(
                    await bench.wait { _, _ in
                        relay.hold(); return messages().contains(number)
                    })
            }
            #expect(messages().filter { $0 != 0 } == [1, 2, 3])
            await bench.with(client) { backend, delegate in
                #expect(delegate.notifications.isEmpty)
                backend.setReceivingPaused(false)
            }
            try await abortBoth(bench, server, client)
        }

        /// A message of several packets has a short one at its end.
        @Test func theEndOfALongMessageLeavesUnacknowledged() async throws {
            let bench = UserlandBench()
            let (relay, server, client, association) = try await relayed(on: bench)
            try await Task.sleep(for: .milliseconds(20))
            relay.pump()
            let before = relay.packets.count
            try await bench.send([UInt8](repeating: 1, count: 2500), on: association, of: client)
            func chunks() -> [Chunk] {
                relay.packets.dropFirst(before).compactMap { Chunk.all(of: $0) }.joined().filter { $0.type == Chunk.data }
            }
            #expect(
                await bench.wait { _, _ in
                    relay.hold(); return chunks().count >= 3
                })
            #expect(Set(chunks().prefix(3).map(\.transmissionSequenceNumber)).count == 3)
            try await abortBoth(bench, server, client)
        }
    }
#endif
