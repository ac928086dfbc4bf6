import RSerPoolParameters
import RequirementMarks

/// The PE checksum of one registrar: the Internet checksum over the handles and identifiers of the pool elements that it owns
/// (RFC 5353 §3.6.2), kept up by difference.
///
/// The 16-bit words are summed up exactly and folded only when the checksum is read, so that taking an element out undoes putting
/// it in to the bit, and the order of changes does not show.
struct HandlespaceChecksum: Hashable, Sendable {
    /// The words of all blocks. A block of the longest handle adds less than 2^31, so there is room for 2^33 elements.
    private var sum: UInt64 = 0

    init() {}

    mutating func add(_ handle: PoolHandle, _ identifier: PoolElementIdentifier) {
        fulfils("enrp-3.6.2-R6")
        sum += Self.words(handle, identifier)
    }

    mutating func remove(_ handle: PoolHandle, _ identifier: PoolElementIdentifier) {
        fulfils("enrp-3.6.2-R6")
        sum -= Self.words(handle, identifier)
    }

    /// The checksum as it is sent: the one's complement of the one's complement sum (RFC 1071).
    var value: PEChecksum {
        fulfils("enrp-3.6.2-R3")
        var folded = sum
        while folded > 0xffff { folded = folded >> 16 + folded & 0xffff }
        return PEChecksum(rawValue: ~UInt16(folded))
    }

    /// The handle, padded with zeros to a multiple of four bytes, and the identifier, as 16-bit words.
    private static func words(_ handle: PoolHandle, _ identifier: PoolElementIdentifier) -> UInt64 {
        fulfils("enrp-3.6.2-R2")
        var words = UInt64(identifier.rawValue >> 16) + UInt64(identifier.rawValue & 0xffff)
        for (offset, byte) in handle.bytes.enumerated() {
            words += offset % 2 == 0 ? UInt64(byte) << 8 : UInt64(byte)
        }
        return words
    }
}
