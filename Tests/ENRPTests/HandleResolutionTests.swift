import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §3.3: handle resolution")
struct HandleResolutionTests {
    private var registrar = RegistrarHarness()

    private mutating func fill(_ count: UInt32, policy: PolicyParameter = .roundRobin) throws -> AssociationIdentifier {
        let peer = registrar.connect("192.0.2.1")
        for identifier in 1...count {
            #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1", policy: policy), from: peer) == nil)
        }
        return peer
    }

    @Test(
        "An unknown pool is answered with that error alone",
        .requirement("asap-2.2.6-R3", "asap-2.2.6-R7", "asap-3.3-R21", "asap-3.3-R25"))
    mutating func unknownPool() throws {
        let user = registrar.connect("192.0.2.77")
        let answer = try registrar.resolve("Nowhere", from: user)
        #expect(answer == .init(pool: "Nowhere", causes: [.unknownPoolHandle]))
        #expect(registrar.takeEvents().contains(.unknownHandleRequested("Nowhere", user)))
    }

    @Test("A handle names one pool, that of the same bytes", .requirement("requirements-2.8-R1"))
    mutating func handles() throws {
        let peer = registrar.connect("192.0.2.1")
        let handles = ([[0x50], [0x70], [0x50, 0], [0x50, 0x20], [0]] as [[UInt8]]).map { PoolHandle($0) }
        for (index, handle) in handles.enumerated() {
            #expect(try registrar.register(.sctp(UInt32(index + 1), at: "192.0.2.1"), in: handle, from: peer) == nil)
        }
        for (index, handle) in handles.enumerated() {
            #expect(try registrar.resolve(handle, from: peer).identifiers == [UInt32(index + 1)])
        }
    }

    @Test(
        "All elements are listed, their own policies with them; the overall policy is told, Round Robin too",
        .requirement("asap-2.2.6-R6", "asap-3.3-R21", "asap-3.3-R22", "asap-3.3-R23"))
    mutating func roundRobin() throws {
        let peer = try fill(5)
        let answer = try registrar.resolve(from: peer)
        #expect(answer.policy?.type == .roundRobin)
        #expect(answer.causes == [])
        #expect(answer.identifiers == [1, 2, 3, 4, 5])
        #expect(answer.elements.allSatisfy { $0.policy == .roundRobin })
        #expect(try registrar.resolve(from: peer).identifiers == [2, 3, 4, 5, 1])
        #expect(registrar.takeEvents().contains(.handleResolved("Pool", elements: 5, peer)))
    }

    @Test("§2.2.6: any other policy is told", .requirement("asap-3.3-R24"))
    mutating func leastUsed() throws {
        let peer = registrar.connect("192.0.2.1")
        for (identifier, load) in [(1, 500), (2, 100), (3, 300)] as [(UInt32, UInt32)] {
            let policy = PolicyParameter.leastUsed(load: Load(rawValue: load))
            #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1", policy: policy), from: peer) == nil)
        }
        let answer = try registrar.resolve(from: peer)
        #expect(answer.policy?.type == .leastUsed)
        #expect(answer.identifiers == [2, 3, 1])
        #expect(answer.elements.map(\.policy) == [100, 300, 500].map { .leastUsed(load: Load(rawValue: $0)) })
        let busy = PolicyParameter.leastUsed(load: .full)
        #expect(try registrar.register(.sctp(2, at: "192.0.2.1", policy: busy), from: peer) == nil)
        #expect(try registrar.resolve(items: 2, from: peer).identifiers == [3, 1])
    }

    @Test(
        "The Handle Resolution Option says how many; 0 is as good as none", .requirement("extensions-2-R2", "extensions-2-R4"))
    mutating func option() throws {
        let peer = try fill(5)
        #expect(try registrar.resolve(items: 1, from: peer).identifiers == [1])
        #expect(try registrar.resolve(items: 3, from: peer).identifiers == [2, 3, 4])
        #expect(try registrar.resolve(items: 0, from: peer).identifiers == [3, 4, 5, 1, 2])
        #expect(try registrar.resolve(items: .max, from: peer).identifiers == [4, 5, 1, 2, 3])
        #expect(try registrar.resolve(items: 99, from: peer).identifiers.count == 5)
    }

    @Test("Who asks for too much gets as many as an answer may have", .requirement("extensions-2-R2", "extensions-2-R3"))
    mutating func cap() throws {
        let limits = try RegistrarLimits(maximumElementsPerResponse: 4)
        registrar = RegistrarHarness(try RegistrarConfiguration(defaultResolutionCount: 3, limits: limits))
        let peer = try fill(6)
        #expect(try registrar.resolve(items: .max, from: peer).identifiers == [1, 2, 3, 4])
        #expect(try registrar.resolve(items: 5, from: peer).identifiers == [2, 3, 4, 5])
        #expect(try registrar.resolve(from: peer).identifiers == [3, 4, 5])
        #expect(RegistrarConfiguration.standard.defaultResolutionCount == RegistrarLimits.standard.maximumElementsPerResponse)
    }

    @Test("An answer has as many elements as fit into a message")
    mutating func messageSize() throws {
        let limits = try RegistrarLimits(maximumElementSize: 200, maximumMessageSize: 2_900)
        registrar = RegistrarHarness(try RegistrarConfiguration(limits: limits))
        let peer = try fill(60, policy: .leastUsed(load: .idle))
        let whole = ASAPMessage.handleResolutionResponse(try registrar.resolve(from: peer))
        guard case .handleResolutionResponse(let answer) = whole else { return }
        // Each takes 16 + 16 + 12 + 16 = 60 bytes; the head 4 + 8 + 12.
        #expect(answer.elements.count == (2_900 - 24) / 60)
        #expect(try whole.encoded().count == 24 + 60 * 47)
    }

    @Test("The longest elements still fit, one at least", .requirement("asap-2.2.6-R6"))
    mutating func longestElements() throws {
        let limits = try RegistrarLimits(maximumHandleLength: 256, maximumElementSize: 2_048, maximumMessageSize: 10_240)
        registrar = RegistrarHarness(try RegistrarConfiguration(limits: limits))
        let peer = registrar.connect("192.0.2.1")
        let pool = PoolHandle([UInt8](repeating: 65, count: 256))
        let data = PolicyData([UInt8](repeating: 1, count: 2_048 - 16 - 16 - 16 - 8))
        let element = PoolElementParameter.sctp(
            1, at: "192.0.2.1", policy: PolicyParameter(type: PolicyType(rawValue: 0x8000_0000), data: data))
        #expect(try registrar.register(element, in: pool, from: peer) == nil)
        #expect(try registrar.resolve(pool, from: peer).identifiers == [1])
    }

    @Test(
        "An element whose association has just ended is given only where there is no other, until it is known to live",
        .requirement("requirements-2.9-R1"))
    mutating func elementInDoubt() throws {
        let user = registrar.connect("192.0.2.9")
        let first = registrar.connect("192.0.2.1")
        let second = registrar.connect("192.0.2.2")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: first) == nil)
        registrar.notify(first, .shutDown)
        #expect(try registrar.resolve(items: 1, from: user).identifiers == [1])
        #expect(try registrar.register(.sctp(2, at: "192.0.2.2"), from: second) == nil)
        for _ in 0..<3 { #expect(try registrar.resolve(items: 1, from: user).identifiers == [2]) }
        #expect(try registrar.resolve(from: user).identifiers == [2])
        registrar.notify(AssociationIdentifier(chosen: 1), .up(RegistrarHarness.details(["192.0.2.1"])))
        #expect(try registrar.resolve(from: user).identifiers.sorted() == [1, 2])
    }
}
