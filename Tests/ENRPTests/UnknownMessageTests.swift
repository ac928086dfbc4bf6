import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §2.2.14: what a registrar does not understand")
struct UnknownMessageTests {
    private var registrar = RegistrarHarness()

    @Test("An unknown message is reported where its type asks for it", .requirement("asap-2.2.14-R1", "asap-2.2.14-R2"))
    mutating func unknownMessage() throws {
        let peer = registrar.connect("192.0.2.1")
        registrar.receive([0x4f, 0, 0, 6, 1, 2, 0, 0], from: peer)
        #expect(registrar.takeSent() == [.error(.init(causes: [.unrecognizedMessage([0x4f, 0, 0, 6, 1, 2])]))])
        registrar.receive([0x0f, 0, 0, 6, 1, 2, 0, 0], from: peer)
        #expect(registrar.takeSent() == [])
    }

    @Test("An unknown parameter is passed over and reported where its type asks for it")
    mutating func unknownParameter() throws {
        let peer = registrar.connect("192.0.2.1")
        var bytes = try ASAPMessage.handleResolution(.init(pool: "Pool")).encoded()
        bytes += [0xc1, 0x23, 0, 4]
        bytes[3] += 4
        registrar.receive(bytes, from: peer)
        let answers = registrar.takeSent()
        #expect(answers.count == 2)
        #expect(answers.first == .handleResolutionResponse(.init(pool: "Pool", causes: [.unknownPoolHandle])))
        #expect(answers.last == .error(.init(causes: [.unrecognizedParameter([0xc1, 0x23, 0, 4])])))
        // 01: the message is not taken. 10: as if the parameter were not there.
        bytes[12] = 0x41
        registrar.receive(bytes, from: peer)
        #expect(registrar.takeSent() == [.error(.init(causes: [.unrecognizedParameter([0x41, 0x23, 0, 4])]))])
        bytes[12] = 0x81
        registrar.receive(bytes, from: peer)
        #expect(registrar.takeSent().count == 1)
    }

    @Test("Errors are not answered; messages that registrars send are not for them")
    mutating func notAnswered() throws {
        let peer = registrar.connect("192.0.2.1")
        _ = registrar.takeEvents()
        try registrar.receive(.error(.init(causes: [.unspecified])), from: peer)
        let responses: [ASAPMessage] = [
            .registrationResponse(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 1))),
            .deregistrationResponse(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 1))),
            .handleResolutionResponse(.init(pool: "Pool", causes: [.unknownPoolHandle])),
            .endpointKeepAlive(.init(server: RegistrarHarness.registrar, pool: "Pool")),
            .serverAnnounce(.init(server: RegistrarHarness.registrar)),
            .cookieEcho(.init(cookie: Cookie([1]))),
            .businessCard(.init(pool: "Pool", elements: [.sctp(1, at: "192.0.2.1")])),
        ]
        for message in responses { try registrar.receive(message, from: peer) }
        #expect(registrar.takeSent() == [])
        #expect(
            registrar.takeEvents()
                == [.messageDiscarded(.errorReported([.unspecified]), peer)]
                + responses.map { .messageDiscarded(.notForRegistrars($0.type), peer) })
    }

    @Test("Another payload protocol is none of ASAP; none given is taken for it")
    mutating func payloadProtocol() throws {
        let peer = registrar.connect("192.0.2.1")
        let bytes = try ASAPMessage.handleResolution(.init(pool: "Pool")).encoded()
        registrar.receive(bytes, from: peer, protocol: 12)
        #expect(registrar.takeSent() == [])
        registrar.receive(bytes, from: peer, protocol: 0)
        #expect(registrar.takeSent().count == 1)
    }

    @Test("A deregistration that says too much is rejected by its response")
    mutating func brokenDeregistration() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: peer) == nil)
        var bytes = try ASAPMessage.deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 1)))
            .encoded()
        bytes += [0, 13, 0, 4]
        bytes[3] += 4
        registrar.receive(bytes, from: peer)
        let answers = registrar.takeSent()
        guard answers.count == 1, case .deregistrationResponse(let response) = answers[0] else {
            Issue.record("answered with \(answers)")
            return
        }
        #expect(response.causes.map(\.code) == [.invalidValues])
        #expect(registrar.members() == [1])
    }
}
