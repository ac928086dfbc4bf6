import RequirementMarks
package import SCTPTransport

extension SCTPAddress {
    /// The encapsulation port where others have to be told it: nil for the registered one (RFC 6951 §5.1), which they take for granted.
    package var unusualEncapsulationPort: UInt16? {
        guard encapsulationPort != SCTPAddress.defaultEncapsulationPort else {
            fulfils("parameters-x1-R2")
            return nil
        }
        return encapsulationPort
    }
}
