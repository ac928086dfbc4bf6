import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("What a registrar takes on at most")
struct RegistrarLimitTests {
    private func registrar(_ limits: () throws -> RegistrarLimits) throws -> RegistrarHarness {
        RegistrarHarness(try RegistrarConfiguration(limits: limits()))
    }

    @Test("Pools, elements of a pool, elements of all: Lack of Resources, and going on", .requirement("requirements-2.12-R1"))
    func counts() throws {
        var registrar = try registrar {
            try RegistrarLimits(maximumPools: 2, maximumElements: 4, maximumElementsPerPool: 3)
        }
        let peer = registrar.connect("192.0.2.1")
        let lack: [ErrorCause]? = [.lackOfResources]
        for identifier in 1...3 as ClosedRange<UInt32> {
            #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1"), from: peer) == nil)
        }
        #expect(try registrar.register(.sctp(4, at: "192.0.2.1"), from: peer) == lack)
        #expect(try registrar.register(.sctp(4, at: "192.0.2.1"), in: "Second", from: peer) == nil)
        #expect(try registrar.register(.sctp(5, at: "192.0.2.1"), in: "Second", from: peer) == lack)
        #expect(try registrar.register(.sctp(5, at: "192.0.2.1"), in: "Third", from: peer) == lack)
        // A member may always register again, and a place given up is a place.
        #expect(try registrar.register(.sctp(3, at: "192.0.2.1"), from: peer) == nil)
        #expect(try registrar.deregister(3, from: peer) == [])
        #expect(try registrar.register(.sctp(6, at: "192.0.2.1"), in: "Third", from: peer) == lack)
        #expect(try registrar.register(.sctp(6, at: "192.0.2.1"), from: peer) == nil)
        #expect(registrar.members() == [1, 2, 6])
        #expect(registrar.members(of: "Second") == [4])
    }

    @Test("Handles, addresses, whole elements")
    func sizes() throws {
        var registrar = try registrar {
            try RegistrarLimits(maximumAddressesPerElement: 2, maximumHandleLength: 4, maximumElementSize: 120)
        }
        let addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
        let peer = registrar.connect(addresses[0], addresses[1], addresses[2])
        let lack: [ErrorCause]? = [.lackOfResources]
        #expect(try registrar.register(.sctp(1, at: addresses[0]), in: "Four", from: peer) == nil)
        #expect(try registrar.register(.sctp(1, at: addresses[0]), in: "Fives", from: peer) == lack)
        #expect(try registrar.register(.sctp(2, at: addresses[0], addresses[1]), in: "Four", from: peer) == nil)
        #expect(
            try registrar.register(.sctp(3, at: addresses[0], addresses[1], addresses[2]), in: "Four", from: peer) == lack)
        // 16 bytes of fixed fields, 16 of transport, 32 of ASAP transport, 8 of policy: 72; 48 are left.
        let type = PolicyType(rawValue: 0x8000_0001)
        for (count, cause) in [(48, nil), (49, lack)] {
            let policy = PolicyParameter(type: type, data: PolicyData([UInt8](repeating: 0, count: count)))
            #expect(try registrar.register(.sctp(1, at: addresses[0], policy: policy), in: "Own", from: peer) == cause)
        }
    }

    @Test("Associations: one more is aborted")
    func associations() throws {
        var registrar = try registrar { try RegistrarLimits(maximumAssociations: 2) }
        let first = registrar.connect("192.0.2.1")
        _ = registrar.connect("192.0.2.2")
        let third = registrar.connect("192.0.2.3")
        #expect(registrar.takeActions() == [.abort(third)])
        #expect(registrar.takeEvents().last == .associationRefused(third))
        registrar.notify(third, .lost(.abortedLocally))
        try registrar.receive(.handleResolution(.init(pool: "Pool")), from: third)
        #expect(registrar.takeSent() == [])
        #expect(registrar.takeEvents() == [.messageDiscarded(.unknownAssociation, third)])
        registrar.notify(first, .shutDown)
        let fourth = registrar.connect("192.0.2.4")
        #expect(try registrar.resolve(from: fourth).causes == [.unknownPoolHandle])
    }

    @Test("Acknowledgements and other notices, and errors sent, by the second")
    func rates() throws {
        var registrar = try registrar {
            try RegistrarLimits(maximumAcknowledgementsPerSecond: 3, maximumErrorsPerSecond: 2)
        }
        let peer = registrar.connect("192.0.2.1")
        _ = registrar.takeEvents()
        for _ in 0..<5 { try registrar.receive(.cookie(.init(cookie: Cookie([1]))), from: peer) }
        #expect(
            registrar.takeEvents()
                == Array(repeating: .messageDiscarded(.notForRegistrars(.cookie), peer), count: 3)
                + Array(repeating: .messageDiscarded(.rateLimit, peer), count: 2))
        for _ in 0..<5 { registrar.receive([0x7f, 0, 0, 4], from: peer) }
        #expect(
            registrar.takeSent()
                == Array(repeating: .error(.init(causes: [.unrecognizedMessage([0x7f, 0, 0, 4])])), count: 2))
    }

    @Test("Configurations out of range are refused by name")
    func configuration() throws {
        func property(_ make: () throws -> Void) -> String? {
            do {
                try make()
                return nil
            } catch {
                return (error as? ConfigurationError)?.property
            }
        }
        #expect(property { _ = try RegistrarConfiguration() } == nil)
        #expect(property { _ = try RegistrarConfiguration(keepAliveInterval: .zero) } == "keepAliveInterval")
        #expect(property { _ = try RegistrarConfiguration(keepAliveTimeout: .seconds(-1)) } == "keepAliveTimeout")
        #expect(property { _ = try RegistrarConfiguration(maximumBadReports: -1) } == "maximumBadReports")
        #expect(property { _ = try RegistrarConfiguration(defaultResolutionCount: 129) } == "defaultResolutionCount")
        #expect(property { _ = try RegistrarLimits(maximumPools: 0) } == "maximumPools")
        #expect(property { _ = try RegistrarLimits(maximumHandleLength: 1_025) } == "maximumHandleLength")
        #expect(property { _ = try RegistrarLimits(maximumMessageSize: 10_239) } == "maximumMessageSize")
        #expect(property { _ = try RegistrarLimits(maximumMessageSize: 65_533) } == "maximumMessageSize")
    }
}
