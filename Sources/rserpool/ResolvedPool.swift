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
    /// With `--watch`: when the pool was so, in seconds since 1970-01-01T00:00:00Z.
    var time: Double?

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
        Text.table(
            ["element", "address", "policy", "life", "home registrar"], elements.map { [$0.identifier] + $0.facts })
    }
}

extension ResolvedPool {
    /// A pool that is watched.
    init(_ snapshot: PoolSnapshot) {
        self.init(
            pool: "\(snapshot.pool)", policy: snapshot.policy.map { PolicyText.name($0.type) },
            elements: snapshot.elements.map(Element.init))
    }

    /// What is different from an earlier state, a line each.
    func changes(since earlier: ResolvedPool) -> [String] {
        let before = Dictionary(earlier.elements.map { ($0.identifier, $0) }) { first, _ in first }
        let after = Set(elements.map(\.identifier))
        let joined = elements.filter { before[$0.identifier] == nil }.map { element in
            "joined   \(element.identifier)  \(element.addresses.joined(separator: " "))  \(element.policy)"
        }
        let changed = elements.flatMap { element -> [String] in
            guard let old = before[element.identifier] else { return [] }
            return zip(old.facts, element.facts).filter { $0 != $1 }.map { "changed  \(element.identifier)  \($0) → \($1)" }
        }
        let left = earlier.elements.filter { !after.contains($0.identifier) }.map { "left     \($0.identifier)" }
        return joined + changed + left
    }

    /// A registrar's answer.
    init(_ resolution: PoolResolution) {
        self.init(
            pool: "\(resolution.pool)", policy: resolution.policy.map { PolicyText.name($0.type) },
            elements: resolution.elements.map(Element.init))
    }
}

extension ResolvedPool.Element {
    /// What is told of an element but its identifier, in the table's order.
    var facts: [String] {
        [addresses.joined(separator: " "), policy, registrationLife.map { "\($0) s" } ?? "without end", homeRegistrar]
    }

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
