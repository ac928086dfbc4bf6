import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §2.2.1: an element's addresses are among its association's")
struct AddressCheckTests {
    private var registrar = RegistrarHarness()

    private mutating func causes(
        _ element: PoolElementParameter, from association: AssociationIdentifier
    ) throws -> [CauseCode] {
        try registrar.register(element, from: association)?.map(\.code) ?? []
    }

    @Test("All, some or one of them, in any order", .requirement("asap-2.2.1-R4", "asap-3.1-R1", "asap-6.1-R1"))
    mutating func subsets() throws {
        let peer = registrar.connect("192.0.2.1", "192.0.2.2", "2001:db8::1")
        #expect(try causes(.sctp(1, at: "2001:db8::1", "192.0.2.1", "192.0.2.2"), from: peer) == [])
        #expect(try causes(.sctp(2, at: "192.0.2.2"), from: peer) == [])
        #expect(try causes(.sctp(3, at: "192.0.2.2", "192.0.2.3"), from: peer) == [.invalidValues])
        #expect(try causes(.sctp(4, at: "2001:db8::2"), from: peer) == [.invalidValues])
        #expect(registrar.members() == [1, 2])
    }

    @Test("Whatever the user transport is", .requirement("asap-2.2.1-R4"))
    mutating func otherTransports() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try causes(.tcp(1, at: "192.0.2.2"), from: peer) == [.invalidValues])
        #expect(try causes(.tcp(1, at: "192.0.2.1"), from: peer) == [])
        var opaque = PoolElementParameter.tcp(1, at: "192.0.2.1")
        opaque.userTransport = .opaque(OpaqueTransportParameter([1, 2, 3]))
        #expect(try registrar.register(opaque, in: "Opaque", from: peer) == nil)
    }

    @Test("The cause quotes the transport")
    mutating func cause() throws {
        let peer = registrar.connect("192.0.2.1")
        let answer = try registrar.register(.tcp(1, at: "192.0.2.2"), from: peer)
        #expect(answer == [.invalidValues([0, 5, 0, 16, 0, 7, 0, 0, 0, 1, 0, 8, 192, 0, 2, 2])])
    }

    @Test("IPv4 addresses in IPv6 notation are IPv4 addresses")
    mutating func mappedAddresses() throws {
        let mapped = registrar.connect("::ffff:192.0.2.1")
        #expect(try causes(.sctp(1, at: "192.0.2.1"), from: mapped) == [])
        let plain = registrar.connect("192.0.2.1")
        #expect(try causes(.sctp(2, at: "::ffff:192.0.2.1"), from: plain) == [])
    }

    @Test("Addresses that come and go with the association's paths")
    mutating func dynamicAddresses() throws {
        let peer = registrar.connect("192.0.2.1")
        registrar.notify(peer, .path(SCTPAddress(IPAddress("192.0.2.2")!, port: 5_000), .added))
        #expect(try causes(.sctp(1, at: "192.0.2.2"), from: peer) == [])
        registrar.notify(peer, .path(SCTPAddress(IPAddress("192.0.2.1")!, port: 5_000), .removed))
        #expect(try causes(.sctp(2, at: "192.0.2.1"), from: peer) == [.invalidValues])
        registrar.notify(peer, .path(SCTPAddress(IPAddress("192.0.2.9")!, port: 5_000), .available))
        #expect(try causes(.sctp(2, at: "192.0.2.9"), from: peer) == [.invalidValues])
    }

    @Test("Switched off, any host's address goes, and no others do")
    mutating func withoutCheck() throws {
        registrar = RegistrarHarness(try RegistrarConfiguration(checksAddresses: false))
        let peer = registrar.connect("192.0.2.1")
        #expect(try causes(.sctp(1, at: "10.0.0.1"), from: peer) == [])
        for address in ["0.0.0.0", "::", "224.0.0.1", "ff02::1"] {
            #expect(try causes(.sctp(2, at: "10.0.0.1", address), from: peer) == [.invalidValues])
        }
    }

    @Test("An address that stands for all of them is not one, even where the association has it")
    mutating func unspecified() throws {
        let peer = registrar.connect("0.0.0.0", "224.0.0.1")
        #expect(try causes(.sctp(1, at: "0.0.0.0"), from: peer) == [.invalidValues])
        #expect(try causes(.sctp(1, at: "224.0.0.1"), from: peer) == [.invalidValues])
    }
}
