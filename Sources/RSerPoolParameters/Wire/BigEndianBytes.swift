import RequirementMarks

/// The only place of this module that touches memory by offset. Every access is checked against the span's bounds first;
/// what is unsafe about the loads is that a type may have forbidden bit patterns, and integers have none.
extension RawSpan {
    @inline(__always)
    func loadUInt8(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    func loadUInt16(at offset: Int) -> UInt16 {
        unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func loadUInt32(at offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    func loadUInt128(at offset: Int) -> UInt128 {
        unsafe UInt128(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt128.self))
    }

    /// A copy of the bytes of `range`, which lies within the span.
    func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe [UInt8](bytes) }
    }
}

extension [UInt8] {
    /// The array's bytes as a raw span, for as long as the array is borrowed.
    package var rawSpan: RawSpan {
        @_lifetime(borrow self)
        borrowing get { unsafe span.bytes }
    }

    @inline(__always)
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        fulfils("parameters-2-R1")
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { bytes in unsafe append(contentsOf: bytes) }
    }
}
