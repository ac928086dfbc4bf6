import InternetAddresses
import SCTPTransport
import Testing

@testable import rserpool

struct AddressArgumentsTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:3863"),
        ("127.0.0.1/9900", "127.0.0.1:3863/9900"),
        ("127.0.0.1:4000", "127.0.0.1:4000"),
        ("127.0.0.1:4000/9900", "127.0.0.1:4000/9900"),
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("127.0.0.1/9899", "127.0.0.1:3863"),
        ("::1", "[::1]:3863"),
        ("::1/9900", "[::1]:3863/9900"),
        ("[::1]", "[::1]:3863"),
        ("[::1]:4000/9900", "[::1]:4000/9900"),
        ("0.0.0.0", "0.0.0.0:3863"),
    ])
    func whatIsLeftOutIsFilledIn(text: String, whole: String) throws {
        let address = try AddressArguments.endpoint(text, defaultPort: AddressArguments.registrarPort)
        #expect(address.description == whole)
        #expect(AddressOption(address).address == address)
    }

    @Test(arguments: [
        "", "localhost", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1/0", "[127.0.0.1]", "[::1", "::1]", "1.2.3", "224.0.0.1",
    ])
    func otherTextIsRefused(text: String) {
        #expect(throws: (any Error).self) { try AddressArguments.endpoint(text, defaultPort: 1) }
    }

    @Test(arguments: ["0.0.0.0", "::", "127.0.0.1:0"])
    func aRegistrarHasAPlace(text: String) {
        #expect(throws: (any Error).self) { try AddressArguments.registrar(text) }
    }

    @Test func numbersKeepTheirRange() throws {
        #expect(try AddressArguments.number("0x10", in: 0...16, of: "number") == 16)
        #expect(try AddressArguments.number("7", in: 7...7, of: "number") == 7)
        for text in ["", "x", "17", "-1", "0x", "0x11", "1.5", " 1"] {
            #expect(throws: (any Error).self) { try AddressArguments.number(text, in: 0...16, of: "number") }
        }
    }
}
