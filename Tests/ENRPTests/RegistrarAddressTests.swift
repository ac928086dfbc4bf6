import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("What a registrar tells of its addresses")
struct RegistrarAddressTests {
    @Test("The encapsulation port is told unless it is the registered one", .requirement("parameters-x1-R2"))
    func encapsulationPort() throws {
        for (port, told) in [(9899, nil), (nil, nil), (4711, 4711)] as [(UInt16?, UInt16?)] {
            let address = SCTPAddress(.v4(0xc000_0201), port: 9901, encapsulationPort: port)
            let information = try #require(
                RegistrarAddresses(enrp: [address]).information(RegistrarIdentifier(rawValue: 1)))
            #expect(information.encapsulationPort == told)
            #expect(information.transport.port == 9901)
        }
    }
}
