import InternetAddresses
import Testing

struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", IPAddress.v4(0)),
        ("127.0.0.1", .loopbackIPv4),
        ("192.0.2.255", .v4(0xc000_02ff)),
        ("::", .v6(0)),
        ("::1", .loopbackIPv6),
        ("2001:db8::8:800:200c:417a", .v6(0x2001_0db8_0000_0000_0008_0800_200c_417a)),
        ("ff02::1", .v6(0xff02_0000_0000_0000_0000_0000_0000_0001)),
    ])
    func textFormIsRoundTripped(text: String, address: IPAddress) {
        #expect(IPAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: ["", "1.2.3", "256.1.1.1", "1.2.3.4:5", "[::1]", "fe80::1%lo", "localhost", "1.2.3.4 ", ":::"])
    func otherTextIsRefused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func kindsAreToldApart() throws {
        #expect(try #require(IPAddress("127.8.9.1")).isLoopback)
        #expect(try #require(IPAddress("239.0.0.50")).isMulticast)
        #expect(try #require(IPAddress("ff02::50")).isMulticast)
        #expect(try #require(IPAddress("fe80::1")).isLinkLocal)
        #expect(try !#require(IPAddress("192.0.2.1")).isMulticast)
        #expect(IPAddress.anyIPv4.isUnspecified && IPAddress.anyIPv6.isUnspecified)
    }

    @Test func everyAccessorWorksInDebugBuilds() {
        // Crashed while IPv6 addresses were kept as one number of 128 bits.
        let addresses: [IPAddress] = [.loopbackIPv4, .loopbackIPv6, .anyIPv6]
        #expect(Set(addresses.map(\.hashValue)).count == 3)
    }

    @Test func addressesSortByFamilyThenValue() {
        let sorted: [IPAddress] = [.v4(1), .v4(0xffff_ffff), .v6(0), .v6(2)]
        #expect(sorted.reversed().sorted() == sorted)
    }
}
