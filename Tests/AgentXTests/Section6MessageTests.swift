import Testing

@testable import AgentX

@Suite("RFC 2741 §6: messages")
struct Section6MessageTests {
    @Test("§6.2: every message comes back, in both byte orders, with and without a context", arguments: [true, false])
    func roundTrips(isBigEndian: Bool) throws {
        var types: Set<AgentXHeader.MessageType> = []
        for body in Samples.bodies {
            types.insert(body.type)
            for context in [nil, [UInt8]("second".utf8)] {
                var message = AgentXMessage(body, session: 1, transaction: 2, packet: 3, context: context)
                if !body.type.hasContext { message.context = nil }
                message.isNetworkByteOrder = isBigEndian
                #expect(try AgentXMessage.decode(message.encoded) == message)
            }
        }
        #expect(types.count == AgentXHeader.MessageType.allCases.count)
    }

    @Test("§6.2.3: the registration of a row, byte by byte")
    func registration() {
        let message = AgentXMessage(
            .register(
                AgentXMessage.Region([1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 7], rangePlace: 10, upperBound: 22), timeout: 0,
                isInstance: false), session: 5, packet: 6)
        #expect(
            message.encoded == [
                1, 3, 16, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 36,
                0, 127, 10, 0, 6, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7,
                0, 0, 0, 22,
            ])
    }

    @Test("§6.1: little-endian messages are read by their flag")
    func littleEndian() throws {
        let bytes: [UInt8] = [1, 18, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        let message = try AgentXMessage.decode(bytes)
        #expect(message.session == 7 && message.packet == 9 && !message.isNetworkByteOrder)
        #expect(message.body == .response(AgentXMessage.Response(upTime: 1)))
    }

    @Test("§6.1: what is no message is refused, and the field named")
    func invalid() {
        let ping = AgentXMessage(.ping, session: 1).encoded
        func error(_ change: (inout [UInt8]) -> Void) -> AgentXError? {
            var bytes = ping
            change(&bytes)
            do throws(AgentXError) {
                _ = try AgentXMessage.decode(bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(error { $0[0] = 2 } == AgentXError(.version(2), "h.version", at: 0))
        #expect(error { $0[1] = 19 } == AgentXError(.unknownType(19), "h.type", at: 1))
        #expect(error { $0[19] = 3 } == AgentXError(.payloadLength(3), "h.payload_length", at: 16))
        #expect(error { $0[16] = 255 } == AgentXError(.payloadLength(0xff00_0000), "h.payload_length", at: 16))
        #expect(error { $0[19] = 4 } == AgentXError(.truncated, "h.payload_length", at: 16))
        #expect(error { $0.append(0) } == AgentXError(.trailingBytes, "h.payload_length", at: 20))
        #expect(error { $0 = [1, 13] } == AgentXError(.truncated, "h.flags", at: 2))
        #expect(
            error {
                $0[1] = 2
                $0[19] = 4
                $0 += [7, 0, 0, 0]
            } == AgentXError(.invalidValue(7), "c.reason", at: 20))
    }

    @Test("Any bytes are a message or an error, and what was read writes and reads the same")
    func hostileBytes() throws {
        var random = SystemIndependentRandom(state: 0x5eed)
        let samples = Samples.bodies.map { AgentXMessage($0, session: 1, transaction: 2, packet: 3).encoded }
        var read = 0
        for _ in 0..<100_000 {
            var bytes = samples[Int.random(in: 0..<samples.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0...3, using: &random) {
                case 0 where !bytes.isEmpty: bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.byte()
                case 1 where bytes.count > 20: bytes.removeLast(Int.random(in: 1...4, using: &random))
                case 2: bytes += [random.byte(), random.byte(), random.byte(), random.byte()]
                default: if bytes.count > 23 { bytes[Int.random(in: 16...23, using: &random)] = random.byte() }
                }
            }
            guard let message = try? AgentXMessage.decode(bytes) else { continue }
            read += 1
            #expect(try AgentXMessage.decode(message.encoded) == message)
        }
        // The mutations leave enough that is still a message.
        #expect(read > 10_000)
    }
}

/// SplitMix64, so that a failure repeats.
struct SystemIndependentRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}
