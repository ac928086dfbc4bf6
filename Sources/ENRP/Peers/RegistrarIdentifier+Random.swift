package import RSerPoolParameters
import RequirementMarks

extension RegistrarIdentifier {
    /// An identifier for a registrar that starts: any number but 0 (RFC 5353 §2.1, §3.2.1).
    package static func random(using generator: inout some RandomNumberGenerator) -> RegistrarIdentifier {
        fulfils("enrp-2.1-R5")
        fulfils("enrp-3.2.1-R1")
        return RegistrarIdentifier(rawValue: .random(in: 1 ... .max, using: &generator))
    }
}
