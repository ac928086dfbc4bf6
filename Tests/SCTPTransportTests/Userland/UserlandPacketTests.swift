#if UserlandSCTP
    import CUserlandSCTP
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // Packets that no SCTP sends.
    extension UserlandTests {
        /// SplitMix64: the same bytes in every run.
        private struct Generator: RandomNumberGenerator {
            var state: UInt64

            mutating func next() -> UInt64 {
                state &+= 0x9e37_79b9_7f4a_7c15
                var value = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
                value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
                return value ^ (value >> 31)
            }
        }

        private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            if bytes.count >= 16 { unsafe userland_seal(&bytes, bytes.count) }
            return bytes
        }

        /// A packet with a common header for `ports` and random chunks, or the random bytes alone.
        private static func randomPacket(_ generator: inout Generator, port: UInt16) -> [UInt8] {
            let length = Int.random(in: 0...200, using: &generator)
            var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard length >= 16, Int.random(in: 0..<8, using: &generator) > 0 else { return bytes }
            bytes[2] = UInt8(port >> 8)
            bytes[3] = UInt8(port & 255)
            bytes[12] = [UInt8(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 0x40, 0x80, 0x81, 0x82, 0xc0, 0xc1]
                .randomElement(using: &generator)!
            if Bool.random(using: &generator) { (bytes[14], bytes[15]) = (0, UInt8(length - 12)) }
            if bytes[12] == 1 { for index in 4..<8 { bytes[index] = 0 } }
            return bytes
        }

        private static func mutated(_ packet: [UInt8], _ generator: inout Generator) -> [UInt8] {
            var bytes = packet
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 12..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                case 2 where bytes.count > 20: bytes.removeLast(Int.random(in: 1...4, using: &generator))
                default: bytes += bytes.suffix(4)
                }
            }
            return bytes
        }

        /// RFC 9260 Appendix A; the check value of CRC32c is 0xe3069283, and packets have its low byte first.
        @Test func checksumsByInstructionAndByTableAreEqual() {
            var check = Array("123456789".utf8)
            #expect(unsafe userland_checksum(&check, check.count).littleEndian == 0xe306_9283)
            var generator = Generator(state: 1)
            for length in 0...300 {
                var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let byTable = unsafe userland_plain_checksum(&bytes, length)
                #expect(unsafe userland_checksum(&bytes, length) == byTable)
            }
        }

        @Test func packetsThatAreNoneAreDroppedAndCounted() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863))
            let address = await bench.addresses(server)[0]
            let foreign = try UDPSocket(at: .v4(0x7f00_6306))
            let before = await bench.packetCounts
            foreign.send([], to: address)
            foreign.send(Array(repeating: 0, count: 15), to: address)
            foreign.send(Array(repeating: 7, count: 400), to: address)
            var initiation: [UInt8] = [0x10, 0x00, 0x0f, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 20]
            initiation += [1, 2, 3, 4, 0, 1, 0, 0, 0, 16, 0, 16, 5, 6, 7, 8]
            foreign.send(initiation, to: address)
            try await Task.sleep(for: .milliseconds(50))
            let after = await bench.packetCounts
            #expect(after.too_short - before.too_short == 2)
            #expect(after.wrong_checksum - before.wrong_checksum == 2)
            #expect(foreign.receive() == nil)
            // The same INIT with its checksum is answered: it was the checksum that was wrong.
            foreign.send(UserlandTests.sealed(initiation), to: address)
            #expect(await bench.wait { _, _ in foreign.receive() != nil })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func randomAndMutatedPacketsDoNoHarm() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let client = try await bench.open(UserlandBench.loopback(2))
            let address = await bench.addresses(server)[0]
            // Real packets to start from: those of an association set up, used and closed through a relay.
            let relay = try UDPRelay(to: address)
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in try backend.open(association, to: [relay.address]) }
            try await bench.send(Array(repeating: 3, count: 3000), on: association, of: client)
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return !delegates[client].messages.isEmpty
                })
            try await bench.with(client) { backend, _ in try backend.shutDown(association) }
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return delegates[client].notifications.last?.notification == .shutDown
                })
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return delegates[server].notifications.last?.notification == .shutDown
                })
            let seen = relay.packets
            #expect(seen.count > 6)
            let total = try await bench.bombard(server, rounds: 200_000) { round in
                var generator = Generator(state: UInt64(round) &* 0x2545_f491_4f6c_dd1d)
                let bytes =
                    round % 2 == 0
                    ? UserlandTests.randomPacket(&generator, port: 3863)
                    : UserlandTests.mutated(seen[round % seen.count], &generator)
                return round % 16 == 0 ? bytes : UserlandTests.sealed(bytes)
            }
            #expect(total >= 200_000)
            // The endpoint is as it was: associations that packets had made are gone, and it serves the next peer.
            let next = try await bench.connect(client, to: server, as: 2)
            try await bench.send([9], on: next, of: client)
            #expect(await bench.wait { delegates, _ in delegates[client].messages.last?.message.bytes == [9] })
            try await bench.with(client) { backend, _ in try backend.shutDown(next) }
            #expect(await bench.wait { _, backends in !backends[server].hasAssociations })
            #expect(await bench.leaks() == (0, 0))
            await bench.with(server) { backend, _ in #expect(backend.peers.count <= UserlandPeerTable.idleLimit + 2) }
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
