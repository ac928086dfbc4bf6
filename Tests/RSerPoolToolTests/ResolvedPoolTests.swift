import Foundation
import Testing

@testable import rserpool

struct ResolvedPoolTests {
    private let pool = ResolvedPool(
        pool: "EchoPool", policy: "Least Used",
        elements: [
            ResolvedPool.Element(
                identifier: "0x00000001", addresses: ["127.0.0.2:4000"], policy: "Least Used, load 10.0 %",
                registrationLife: 300,
                homeRegistrar: "0x0000000a"),
            ResolvedPool.Element(
                identifier: "0x00000002", addresses: ["127.0.0.3:4000/9900", "[::1]:4000"], policy: "Least Used, load 5.0 %",
                registrationLife: nil, homeRegistrar: "undetermined"),
        ])

    @Test func theTableHasAColumnForEachFact() {
        #expect(
            pool.table == """
                element     address                         policy                   life         home registrar
                0x00000001  127.0.0.2:4000                  Least Used, load 10.0 %  300 s        0x0000000a
                0x00000002  127.0.0.3:4000/9900 [::1]:4000  Least Used, load 5.0 %   without end  undetermined
                """)
    }

    @Test func theJSONIsReadBack() throws {
        #expect(try JSONDecoder().decode(ResolvedPool.self, from: Data(try pool.json.utf8)) == pool)
    }
}
