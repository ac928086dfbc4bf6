import ArgumentParser
import Foundation
import RSerPoolMIB
import RSerPoolParameters
import RequirementMarks

/// What managers have set, kept in a file for the next start (RFC 5525 §5.4): JSON with the names below, each only where it was set.
struct KeptSettings: Codable, Equatable, Sendable {
    /// Text, or where that is none 0x and hexadecimal digits.
    var pool: String?
    var description: String?
    var policyDescription: String?
    /// As `--policy` takes it.
    var policy: String?
    /// Seconds; -1 without end.
    var registrationLife: Int32?

    /// The longest file that is read, in bytes.
    static let sizeLimit = 65_536

    init() {}

    init(_ attributes: ManagedElementAttributes) {
        pool = Self.text(attributes.pool.bytes)
        description = Self.text(attributes.description)
        policyDescription = attributes.policyDescription.isEmpty ? nil : Self.text(attributes.policyDescription)
        policy = PolicyText.description(attributes.policy)
        registrationLife = attributes.registrationLife.rawValue
    }

    init(_ attributes: ManagedUserAttributes) {
        pool = Self.text(attributes.pool.bytes)
        description = Self.text(attributes.description)
    }

    init(registrarDescription: [UInt8]) {
        description = Self.text(registrarDescription)
    }

    // MARK: The file

    /// What a file holds; nothing where there is none yet.
    /// - Throws: ``ToolFailure`` where it cannot be read.
    static func read(_ path: String) throws -> KeptSettings {
        guard FileManager.default.fileExists(atPath: path) else { return KeptSettings() }
        do {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            guard bytes.count <= sizeLimit else { throw ToolFailure(.usage, "it is longer than \(sizeLimit) bytes") }
            let settings = try JSONDecoder().decode(KeptSettings.self, from: bytes)
            try settings.check()
            fulfils("mib-5-R4")
            return settings
        } catch {
            throw ToolFailure(
                .usage,
                "--settings-file \(path) cannot be used: \(Self.reason(error)); mend it, or delete it to begin with the options' values."
            )
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let failure as ToolFailure: failure.description
        case let error as ValidationError: error.message
        case is DecodingError: "it is no JSON object of the form that this program writes"
        default: error.localizedDescription
        }
    }

    private func check() throws {
        _ = try elementPolicy()
        if let life = registrationLife, life < -1 || life == 0 {
            throw ToolFailure(.usage, "registrationLife is \(life), not seconds nor -1")
        }
        if let pool = poolHandle?.bytes, pool.isEmpty || pool.count > WireLimits.standard.poolHandleLength {
            throw ToolFailure(.usage, "pool has \(pool.count) bytes")
        }
    }

    /// Replaces the file whole: who reads it sees the old one or the new one.
    func write(_ path: String) throws {
        fulfils("mib-5-R3")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(self) + Data([0x0a])).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    // MARK: Values

    var poolHandle: PoolHandle? { pool.map { PoolHandle(Self.bytes($0)) } }
    var descriptionBytes: [UInt8]? { description.map(Self.bytes) }
    var policyDescriptionBytes: [UInt8]? { policyDescription.map(Self.bytes) }

    func elementPolicy() throws -> PolicyParameter? { try policy.map(PolicyText.parameter) }

    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.hasPrefix("0x") { return text }
        return "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func bytes(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8.dropFirst(2))
        guard text.hasPrefix("0x"), digits.count % 2 == 0 else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) else {
                return Array(text.utf8)
            }
            bytes.append(byte)
        }
        return bytes
    }
}
