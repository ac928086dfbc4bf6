import InternetAddresses
import RSerPoolParameters
import Testing

/// RFC 5354 §3.10
struct PoolElementTests {
    static let element = PoolElementParameter(
        identifier: PoolElementIdentifier(rawValue: 0x0102_0304), homeRegistrar: RegistrarIdentifier(rawValue: 0x0506_0708),
        registrationLife: .seconds(300),
        userTransport: .sctp(SCTPTransportParameter(port: 0x1000, addresses: [.v4(0xc000_0201)])),
        policy: PolicyParameter(type: PolicyType(rawValue: 1)),
        asapTransport: SCTPTransportParameter(
            port: 0x2000, use: .dataPlusControl, addresses: [.v4(0xc000_0202)], encapsulationPort: 4711))
    static let bytes: [UInt8] = [
        0, 0x0a, 0, 64, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 1, 44,
        0, 4, 0, 16, 0x10, 0, 0, 0, 0, 1, 0, 8, 192, 0, 2, 1,
        0, 8, 0, 8, 0, 0, 0, 1,
        0, 4, 0, 24, 0x20, 0, 0, 1, 0, 1, 0, 8, 192, 0, 2, 2, 0x98, 0x99, 0, 8, 0x12, 0x67, 0, 0,
    ]

    @Test func goldenBytes() throws {
        let message = try ParameterWriter.message(type: 1) { writer in
            writer.write(PoolHandle("Echo1"))
            writer.write(Self.element)
        }
        #expect(message == [1, 0, 0, 80, 0, 9, 0, 9, 69, 99, 104, 111, 49, 0, 0, 0] + Self.bytes)
        var reader = ParameterReader(message)
        let header = try reader.readMessageHeader()
        #expect(header == CommonHeader(type: 1, length: 80))
        let handle = try reader.read(PoolHandle.self)
        let element = try reader.read(PoolElementParameter.self)
        let rest = try reader.finish()
        #expect(handle == "Echo1")
        #expect(element == Self.element)
        #expect(rest == ParameterReader.Rest())
    }
}
