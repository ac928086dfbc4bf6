import InternetAddresses
import RSerPoolParameters
import Testing

struct TextFormTests {
    static let forms: [(String, String)] = [
        ("0001 0008 c0000201", "address 192.0.2.1"),
        ("0003 0014 1388 0000 52545000 0001 0008 c0000201", "transport DCCP 192.0.2.1 port 5000 service code 0x52545000"),
        (
            "0004 0024 0f17 0001 0001 0008 c0000201 0002 0014 20010db8 00000000 00000000 00000001",
            "transport SCTP 192.0.2.1, 2001:db8::1 port 3863, data plus control"
        ),
        (
            "0005 0014 0050 0000 0001 0008 c0000201 8001 0004",
            "transport TCP 192.0.2.1 port 80 + parameter 0x8001 []"
        ),
        ("0006 0010 0050 0000 0001 0008 c0000201", "transport UDP 192.0.2.1 port 80"),
        ("0007 0010 0050 0000 0001 0008 c0000201", "transport UDP-Lite 192.0.2.1 port 80"),
        ("0010 0006 0a0b 0000", "transport opaque [0a0b]"),
        ("0008 000c 40000001 80000000", "policy 0x40000001 [80000000]"),
        ("0009 0008 4563686f", "pool handle Echo"),
        (
            "000a 0028 00000001 00000000 ffffffff 0006 0010 0050 0000 0001 0008 c0000201 0008 0008 00000001",
            "pool element 0x00000001, home registrar undetermined, life infinite; user: UDP 192.0.2.1 port 80; policy 0x00000001"
        ),
        (
            "000b 0020 0a0b0c0d 0004 0010 26ac 0000 0001 0008 c0000201 9899 0008 1267 0000",
            "registrar 0x0a0b0c0d: SCTP 192.0.2.1 port 9900, data only over UDP port 4711"
        ),
        (
            "000c 0018 0001 0009 c1230005ab 000000 0009 0004 0005 0004",
            "error: Unrecognized Parameter [c1230005ab]; Unknown Pool Handle; Inconsistent Pooling Policy"
        ),
        ("000d 0006 0a0b 0000", "cookie [0a0b]"),
        ("000e 0008 deadbeef", "pool element identifier 0xdeadbeef"),
        ("000f 0006 beef 0000", "checksum 0xbeef"),
        ("803f 0008 00000003", "handle resolution option: 3 items"),
        ("4001 0006 0a0b 0000", "parameter 0x4001 [0a0b]"),
    ]

    @Test(arguments: forms)
    func parametersAreTold(bytes: String, text: String) throws {
        var reader = ParameterReader(hex(bytes))
        #expect(try reader.readAnyParameters().map(\.description) == [text])
    }

    @Test func everyStandardTypeHasAName() {
        for type in UInt16(1)...16 {
            #expect(!ParameterType(rawValue: type).description.hasPrefix("parameter"))
            #expect(ParameterType(rawValue: type).isStandard)
        }
        for type in [UInt16(0), 17, 0x803f, 0x9899, 0xffff] { #expect(!ParameterType(rawValue: type).isStandard) }
        for code in UInt16(0)...10 { #expect(!CauseCode(rawValue: code).description.hasPrefix("cause")) }
    }

    @Test func errorsSayWhere() {
        let error = refusal(SCTPTransportParameter.self, hex("0004 0010 0f17 0002 0001 0008 c0000201"))
        #expect(error.map { "\($0)" } == "byte 6: SCTP Transport: value not allowed")
    }
}
