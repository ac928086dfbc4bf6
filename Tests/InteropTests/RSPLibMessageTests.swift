import ASAP
import InternetAddresses
import RSerPoolParameters
import Testing

/// Messages as rsplib 3.4.4 sent them to itself, captured; what of them is not RFC 5352's stands in ARCHITECTURE.md.
@Suite("What rsplib sends is understood")
struct RSPLibMessageTests {
    static let pool: PoolHandle = "EchoPool"
    static let poolBytes = "0009 000c 4563 686f 506f 6f6c"
    static let identifier = PoolElementIdentifier(rawValue: 0x5146_8e16)
    static let registrar = RegistrarIdentifier(rawValue: 0x7777_7777)

    static func element(home: RegistrarIdentifier) -> PoolElementParameter {
        PoolElementParameter(
            identifier: identifier, homeRegistrar: home, registrationLife: .seconds(90_000),
            userTransport: .sctp(
                SCTPTransportParameter(port: 54438, use: .dataPlusControl, addresses: [.v4(0x0a63_0001), .v4(0x0a63_0101)])),
            policy: PolicyParameter(type: PolicyType(rawValue: 1)))
    }
    static func elementBytes(home: String) -> String {
        """
        000a 0030 5146 8e16 \(home) 0001 5f90
        0004 0018 d4a6 0001 0001 0008 0a63 0001 0001 0008 0a63 0101 0008 0008 0000 0001
        """
    }

    struct Capture: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: String
        var message: ASAPMessage

        init(_ description: String, _ bytes: String, _ message: ASAPMessage) {
            testDescription = description
            self.bytes = bytes
            self.message = message
        }
    }

    static let captures: [Capture] = [
        Capture(
            "registration: no ASAP transport, life in milliseconds",
            "0100 0040 \(poolBytes) \(elementBytes(home: "0000 0000"))",
            .registration(.init(pool: pool, element: element(home: .undetermined)))),
        Capture(
            "registration response", "0300 0018 \(poolBytes) 000e 0008 5146 8e16",
            .registrationResponse(.init(pool: pool, identifier: identifier))),
        Capture(
            "deregistration", "0200 0018 \(poolBytes) 000e 0008 5146 8e16",
            .deregistration(.init(pool: pool, identifier: identifier))),
        Capture(
            "deregistration response", "0400 0018 \(poolBytes) 000e 0008 5146 8e16",
            .deregistrationResponse(.init(pool: pool, identifier: identifier))),
        Capture(
            "handle resolution that asks for one element", "0500 0018 \(poolBytes) 803f 0008 0000 0001",
            .handleResolution(.init(pool: pool, option: HandleResolutionOption(items: 1)))),
        Capture(
            "handle resolution response", "0600 0048 \(poolBytes) 0008 0008 0000 0001 \(elementBytes(home: "7777 7777"))",
            .handleResolutionResponse(
                .init(pool: pool, policy: PolicyParameter(type: PolicyType(rawValue: 1)), elements: [element(home: registrar)]))
        ),
        Capture(
            "handle resolution response for a pool that is not there", "0600 0018 \(poolBytes) 000c 0008 0009 0004",
            .handleResolutionResponse(.init(pool: pool, causes: [.unknownPoolHandle]))),
        Capture(
            "keep-alive that names the element", "0700 001c 7777 7777 \(poolBytes) 000e 0008 5146 8e16",
            .endpointKeepAlive(.init(server: registrar, pool: pool, identifier: identifier))),
        Capture(
            "keep-alive acknowledgement", "0800 0018 \(poolBytes) 000e 0008 5146 8e16",
            .endpointKeepAliveAcknowledgement(.init(pool: pool, identifier: identifier))),
        Capture("server announce without a transport", "0a00 0008 7777 7777", .serverAnnounce(.init(server: registrar))),
        Capture(
            "cookie echo", "0c00 0010 000d 000c 4142 4344 4546 4748", .cookieEcho(.init(cookie: Cookie(Array("ABCDEFGH".utf8))))
        ),
        Capture(
            "error with a cause of its own", "0e00 000c 000c 0008 0010 0004",
            .error(.init(causes: [.other(CauseCode(rawValue: 0x10), [])]))),
    ]

    @Test("Read as meant, and written as it came", arguments: captures)
    func capture(_ capture: Capture) throws {
        let captured = try #require(bytes(capture.bytes))
        let decoded = try ASAPMessage.decode(captured)
        #expect(decoded.message == capture.message)
        #expect(decoded.report.isEmpty)
        #expect(try decoded.message.encoded() == captured)
    }

    /// rsplib counts a message's last padding in its length, which RFC 5354 §4 does not.
    @Test func countedPadding() throws {
        let echo = try #require(bytes("0c00 0010 000d 000a 4142 4344 4546 0000"))
        let decoded = try ASAPMessage.decode(echo)
        #expect(decoded.message == .cookieEcho(.init(cookie: Cookie(Array("ABCDEF".utf8)))))
        #expect(decoded.report.isEmpty)
    }

    /// rsplib's causes carry nothing, also those that RFC 5354 §3.12 gives contents.
    @Test(
        "A refusal is read with its cause",
        arguments: [
            ("0301 0020 \(poolBytes) 000e 0008 5146 8e16 000c 0008 0005 0004", CauseCode.inconsistentPoolPolicy),
            ("0301 0020 \(poolBytes) 000e 0008 5146 8e16 000c 0008 0008 0004", .inconsistentDataControlConfiguration),
            ("0301 0020 \(poolBytes) 000e 0008 5146 8e16 000c 0008 100a 0004", CauseCode(rawValue: 0x100a)),
            ("0301 0020 \(poolBytes) 000e 0008 5146 8e16 000c 0008 f008 0004", CauseCode(rawValue: 0xf008)),
        ])
    func refusal(_ text: String, _ code: CauseCode) throws {
        let decoded = try ASAPMessage.decode(try #require(bytes(text)))
        guard case .registrationResponse(let response) = decoded.message else {
            Issue.record("not a registration response: \(decoded.message)")
            return
        }
        #expect(response.isRejected)
        #expect(response.causes.map(\.code) == [code])
    }

    /// Bytes from hexadecimal digits; nil where the text is not that.
    private func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
