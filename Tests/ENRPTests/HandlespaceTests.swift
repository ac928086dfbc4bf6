import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.6.2: PE checksum")
struct ChecksumTests {
    /// The algorithm as written: all blocks one after the other, RFC 1071 over the bytes.
    private func slow(_ elements: [(PoolHandle, UInt32)]) -> UInt16 {
        var bytes: [UInt8] = []
        for (handle, identifier) in elements {
            bytes += handle.bytes
            while bytes.count % 4 != 0 { bytes.append(0) }
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: identifier >> UInt32(shift))) }
        }
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
            if sum > 0xffff { sum -= 0xffff }
        }
        return ~UInt16(sum)
    }

    @Test("Known values", .requirement("enrp-3.6.2-R2", "enrp-3.6.2-R3"))
    func known() {
        var checksum = HandlespaceChecksum()
        #expect(checksum.value == PEChecksum(rawValue: 0xffff))
        checksum.add("abc", PoolElementIdentifier(rawValue: 0x0001_0002))
        // 6162 + 6300 + 0001 + 0002 = c465
        #expect(checksum.value == PEChecksum(rawValue: 0x3b9a))
        checksum.add("", PoolElementIdentifier(rawValue: 0x3b9a_0000))
        #expect(checksum.value == PEChecksum(rawValue: 0))
    }

    @Test(
        "By difference it is what it is from scratch, whatever comes and goes", .requirement("enrp-3.6.2-R6"), arguments: 0..<20
    )
    func difference(seed: UInt64) {
        var (generator, checksum) = (SeededRandomNumberGenerator(seed: seed), HandlespaceChecksum())
        var elements: [(PoolHandle, UInt32)] = []
        for _ in 0..<200 {
            if elements.isEmpty || Bool.random(using: &generator) {
                let length = Int.random(in: 1...9, using: &generator)
                let handle = PoolHandle((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
                elements.append((handle, UInt32.random(in: 0 ... .max, using: &generator)))
                checksum.add(handle, PoolElementIdentifier(rawValue: elements.last!.1))
            } else {
                let (handle, identifier) = elements.remove(at: Int.random(in: 0..<elements.count, using: &generator))
                checksum.remove(handle, PoolElementIdentifier(rawValue: identifier))
            }
            #expect(checksum.value.rawValue == slow(elements))
        }
    }

    @Test("A registrar's checksum follows registrations, not renewals", .requirement("enrp-3.6.2-R4", "enrp-3.6.2-R5"))
    func registrar() throws {
        var registrar = RegistrarHarness()
        let peer = registrar.connect("192.0.2.1")
        #expect(registrar.engine.checksum == PEChecksum(rawValue: 0xffff))
        #expect(try registrar.register(.sctp(0x1_0002, at: "192.0.2.1"), in: "abc", from: peer) == nil)
        #expect(registrar.engine.checksum == PEChecksum(rawValue: 0x3b9a))
        #expect(try registrar.register(.sctp(0x1_0002, at: "192.0.2.1"), in: "abc", from: peer) == nil)
        #expect(registrar.engine.checksum == PEChecksum(rawValue: 0x3b9a))
        #expect(try registrar.deregister(0x1_0002, in: "abc", from: peer) == [])
        #expect(registrar.engine.checksum == PEChecksum(rawValue: 0xffff))
    }
}

@Suite("The registrar's deadlines")
struct DeadlineQueueTests {
    @Test("The earliest first, whatever is added, moved and removed", arguments: 0..<30)
    func order(seed: UInt64) {
        var (generator, queue) = (SeededRandomNumberGenerator(seed: seed), DeadlineQueue<Int>())
        var slow: [(token: DeadlineToken, deadline: MonotonicInstant, payload: Int)] = []
        for step in 0..<400 {
            let deadline = MonotonicInstant(nanoseconds: UInt64.random(in: 0..<50, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                slow.append((queue.add(step, at: deadline), deadline, step))
            case 2 where !slow.isEmpty:
                let index = Int.random(in: 0..<slow.count, using: &generator)
                queue.move(slow[index].token, to: deadline)
                slow[index].deadline = deadline
            case 3 where !slow.isEmpty:
                queue.remove(slow.remove(at: Int.random(in: 0..<slow.count, using: &generator)).token)
            default: break
            }
            let earliest = slow.map(\.deadline).min()
            #expect(queue.next == earliest)
            #expect(queue.count == slow.count)
            guard let earliest else { continue }
            let first = queue.firstDue(at: earliest)
            #expect(slow.contains { $0.payload == first && $0.deadline == earliest })
            if earliest.nanoseconds > 0 {
                #expect(queue.firstDue(at: MonotonicInstant(nanoseconds: earliest.nanoseconds - 1)) == nil)
            }
        }
        var last = MonotonicInstant.origin
        while let deadline = queue.next, let payload = queue.firstDue(at: .distantFuture) {
            #expect(deadline >= last)
            last = deadline
            queue.remove(slow.first { $0.payload == payload }!.token)
        }
        #expect(queue.count == 0)
    }
}
