import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ASAP

@Suite("RFC 5352 §2.2.14: what is not understood is answered by ASAP_ERROR, on every channel")
struct Section2214ErrorTests {
    /// A message of a type that is to be reported (its two high bits are 01).
    static let unknown: [UInt8] = [0x60, 0, 0, 4]
    static let report = ASAPMessage.error(.init(causes: [.unrecognizedMessage(unknown)]))
    /// A cookie message with an unknown parameter that is passed over and reported (its two high bits are 11).
    static let odd = bytes("0b00 0014 000d 0008 4142 4344 c0de 0008 0000 0001")

    @Test(
        "An element answers its registrar, its users and who is neither yet", .requirement("asap-2.2.14-R1", "asap-2.2.14-R2"))
    func element() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.notify(accepted(1), up())
        element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
        element.notify(accepted(2), up())
        for association in [home, accepted(1), accepted(2)] {
            element.clear()
            try element.receive(Self.unknown, from: association)
            #expect(element.deeds.messages == [Self.report])
            #expect(element.deeds.sent[0].to == association)
        }
    }

    @Test("A user answers its registrar, over SCTP or TCP, and its elements", .requirement("asap-2.2.14-R1", "asap-2.2.14-R2"))
    func user() throws {
        for transport in RegistrarTransport.allCases {
            var user = UserUnderTest(try .init(registrarTransport: transport))
            let (home, link) = try user.openSession([1])
            for association in [home, link] {
                user.clear()
                try user.receive(Self.unknown, from: association)
                #expect(user.deeds.messages == [Self.report])
                #expect(user.deeds.sent[0].to == association)
            }
            user.clear()
            try user.receive(Self.odd, from: link)
            #expect(user.deeds.messages.map(\.type) == [.error])
            #expect(user.events == [.cookieStored(UserUnderTest.session, 4)])
        }
    }

    @Test("A flood of nonsense is answered up to the limit, and again in the next second")
    func flood() throws {
        var element = ElementUnderTest()
        element.notify(accepted(1), up())
        for _ in 0..<250 { try element.receive(Self.unknown, from: accepted(1)) }
        #expect(element.deeds.messages.count == RateBudget.maximumErrorsPerSecond)
        element.wait(.seconds(1))
        try element.receive(Self.unknown, from: accepted(1))
        #expect(element.deeds.messages.count == RateBudget.maximumErrorsPerSecond + 1)
    }

    @Test("An error is not answered with an error")
    func error() throws {
        var user = UserUnderTest()
        let (home, _) = try user.openSession([1])
        try user.receive(Self.report, from: home)
        #expect(user.deeds.order.isEmpty)
        #expect(user.events == [.errorReceived([.unrecognizedMessage(Self.unknown)], from: home)])
    }
}
