import ASAP
import InternetAddresses
import SCTPTransport
import Testing

@Suite("RFC 5352 §7, §8: timers, thresholds, numbers")
struct Section7ConfigurationTests {
    @Test("The defaults are the RFC's")
    func defaults() throws {
        let element = PoolElementConfiguration.standard
        #expect(element.registrationTimeout == .seconds(30))
        #expect(element.deregistrationTimeout == .seconds(30))
        #expect(element.reregistrationTimeout == .seconds(600))
        #expect(element.maximumRegistrationAttempts == 2)
        #expect(element.serverHunt.serverHuntTimeout == .seconds(10))
        #expect(element.serverHunt.maximumServerHuntTimeout == .seconds(60))
        #expect(element.serverHunt.maximumAssociations == 3)
        let user = PoolUserConfiguration.standard
        #expect(user.requestTimeout == .seconds(15))
        #expect(user.maximumRequestRetransmissions == 2)
        #expect(try PoolElementConfiguration() == element)
        #expect(try PoolUserConfiguration() == user)
    }

    @Test("§8: port, payload protocol, multicast groups")
    func numbers() {
        #expect(ASAPProtocol.port == 3863)
        #expect(PayloadProtocolIdentifier.asap.rawValue == 11)
        #expect("\(ASAPProtocol.announceGroupIPv4)" == "224.0.1.185")
        #expect("\(ASAPProtocol.announceGroupIPv6(scope: 5))" == "ff05::133")
        #expect(ASAPProtocol.announceGroupIPv4.isMulticast && ASAPProtocol.announceGroupIPv6(scope: 2).isMulticast)
    }

    @Test("Values out of range are refused with a sentence that names them")
    func validation() {
        let bad: [(String, () throws -> Void)] = [
            ("serverHuntTimeout", { _ = try ServerHuntConfiguration(serverHuntTimeout: .zero) }),
            ("maximumServerHuntTimeout", { _ = try ServerHuntConfiguration(serverHuntTimeout: .seconds(61)) }),
            ("maximumAssociations", { _ = try ServerHuntConfiguration(maximumAssociations: 4) }),
            ("maximumAssociations", { _ = try ServerHuntConfiguration(maximumAssociations: 0) }),
            ("timeLimit", { _ = try ServerHuntConfiguration(timeLimit: .seconds(-1)) }),
            ("registrationTimeout", { _ = try PoolElementConfiguration(registrationTimeout: .zero) }),
            ("deregistrationTimeout", { _ = try PoolElementConfiguration(deregistrationTimeout: .seconds(40_000_000)) }),
            ("reregistrationTimeout", { _ = try PoolElementConfiguration(reregistrationTimeout: .seconds(-5)) }),
            ("maximumRegistrationAttempts", { _ = try PoolElementConfiguration(maximumRegistrationAttempts: 0) }),
            ("registrationLife", { _ = try PoolElementConfiguration(registrationLife: .milliseconds(1500)) }),
            ("registrationLife", { _ = try PoolElementConfiguration(registrationLife: .zero) }),
            ("maximumSessions", { _ = try PoolElementConfiguration(maximumSessions: 0) }),
            ("maximumCookieSize", { _ = try PoolElementConfiguration(maximumCookieSize: 70_000) }),
            ("requestTimeout", { _ = try PoolUserConfiguration(requestTimeout: .zero) }),
            ("maximumRequestRetransmissions", { _ = try PoolUserConfiguration(maximumRequestRetransmissions: -1) }),
            ("staleCacheValue", { _ = try PoolUserConfiguration(staleCacheValue: .seconds(-1)) }),
            ("suspicionTime", { _ = try PoolUserConfiguration(suspicionTime: .zero) }),
            ("failoverRetryInterval", { _ = try PoolUserConfiguration(failoverRetryInterval: .zero) }),
            ("failoverTimeLimit", { _ = try PoolUserConfiguration(failoverTimeLimit: .zero) }),
            ("maximumSessions", { _ = try PoolUserConfiguration(maximumSessions: 0) }),
            ("maximumCachedPools", { _ = try PoolUserConfiguration(maximumCachedPools: 0) }),
            ("maximumRequests", { _ = try PoolUserConfiguration(maximumRequests: 0) }),
            ("sessionQueueLimit", { _ = try PoolUserConfiguration(sessionQueueLimit: 0) }),
        ]
        for (property, make) in bad {
            #expect("\(property)") { try make() } throws: { error in
                guard let error = error as? ConfigurationError else { return false }
                return error.property == property && error.description.contains(property)
            }
        }
    }
}
