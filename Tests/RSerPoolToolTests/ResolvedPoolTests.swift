import Foundation
import Testing

@testable import rserpool

struct ResolvedPoolTests {
    private let pool = ResolvedPool(
        pool: "EchoPool", policy: "least-used",
        elements: [
            ResolvedPool.Element(
                identifier: "0x00000001", addresses: ["127.0.0.2:4000"], policy: "least-used:load=10%",
                registrationLife: 300,
                homeRegistrar: "0x0000000a"),
            ResolvedPool.Element(
                identifier: "0x00000002", addresses: ["127.0.0.3:4000/9900", "[::1]:4000"], policy: "least-used:load=5%",
                registrationLife: nil, homeRegistrar: "undetermined"),
        ])

    @Test func theTableHasAColumnForEachFact() {
        #expect(
            pool.table == """
                element     address                         policy               life         home registrar
                0x00000001  127.0.0.2:4000                  least-used:load=10%  300 s        0x0000000a
                0x00000002  127.0.0.3:4000/9900 [::1]:4000  least-used:load=5%   without end  undetermined
                """)
    }

    @Test func theJSONIsReadBack() throws {
        #expect(try JSONDecoder().decode(ResolvedPool.self, from: Data(try pool.json.utf8)) == pool)
    }
}
