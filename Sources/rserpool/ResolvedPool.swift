import ASAP
import Foundation
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// What `resolve` found out about a pool; with `--json` it prints this.
struct ResolvedPool: Codable, Equatable, Sendable {
    struct Element: Codable, Equatable, Sendable {
        /// The pool element identifier, as `0x` and eight hexadecimal digits.
        var identifier: String
        /// Where pool users reach it, `192.0.2.1:4000`.
        var addresses: [String]
        /// The element's policy, with its parameters.
        var policy: String
        /// How long the registration lives without being renewed, in seconds; nil is without end.
        var registrationLife: Int?
        /// The identifier of its home registrar.
        var homeRegistrar: String
    }

    var pool: String
    /// The pool's policy.
    var policy: String?
    var elements: [Element]

    /// For programs.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Columns with a heading, for people.
    var table: String {
        let heading = ["element", "address", "policy", "life", "home registrar"]
        let rows = elements.map { element in
            [
                element.identifier, element.addresses.joined(separator: " "), element.policy,
                element.registrationLife.map { "\($0) s" } ?? "without end", element.homeRegistrar,
            ]
        }
        let widths = heading.indices.map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([heading] + rows).map { row in
            Text.trimmingTrailingSpaces(zip(row, widths).map { Text.padded($0, to: $1 + 2) }.joined())
        }.joined(separator: "\n")
    }
}

extension ResolvedPool {
    /// A registrar's answer.
    init(_ resolution: PoolResolution) {
        self.init(
            pool: "\(resolution.pool)", policy: resolution.policy.map { PolicyText.name($0.type) },
            elements: resolution.elements.map(Element.init))
    }
}

extension ResolvedPool.Element {
    init(_ element: PoolElementParameter) {
        let transport = element.userTransport
        self.init(
            identifier: "\(element.identifier)",
            addresses: transport.addresses.map { address in
                "\(SCTPAddress(address, port: transport.port ?? 0, encapsulationPort: element.encapsulationPort))"
            },
            policy: PolicyText.description(element.policy),
            registrationLife: element.registrationLife.duration.map { Int($0.components.seconds) },
            homeRegistrar: "\(element.homeRegistrar)")
    }
}
