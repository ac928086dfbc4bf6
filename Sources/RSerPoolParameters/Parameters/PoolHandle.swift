/// The name of a pool: any bytes, compared byte by byte (RFC 5354 §3.9).
public struct PoolHandle: Hashable, Sendable {
    /// The name. Up to `WireLimits.poolHandleLength` bytes are read, 1,024 unless set otherwise.
    public let bytes: [UInt8]

    /// - Parameter bytes: the pool's name, in any encoding; no two characters are equal unless their bytes are.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The pool whose name is this text in UTF-8.
    public init(_ text: some StringProtocol) {
        bytes = [UInt8](text.utf8)
    }
}

extension PoolHandle: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension PoolHandle: Comparable {
    public static func < (left: PoolHandle, right: PoolHandle) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension PoolHandle: WireParameter {
    public static var expectedType: ParameterType { .poolHandle }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        guard reader.remaining <= reader.limits.poolHandleLength else {
            throw reader.exceeded(.poolHandleLength, at: reader.offset)
        }
        bytes = reader.readRemainingBytes()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.write(bytes: bytes)
    }
}

extension PoolHandle: CustomStringConvertible {
    /// The name as text where it is printable UTF-8, else its bytes in hexadecimal after `0x`.
    public var description: String {
        let text = String(validating: bytes, as: UTF8.self)
        let isPrintable = text?.unicodeScalars.allSatisfy { $0.properties.generalCategory.isPrintable } ?? false
        guard let text, isPrintable, !text.isEmpty else { return "0x" + hexadecimal(bytes, limit: 256) }
        return text
    }
}

extension Unicode.GeneralCategory {
    /// False for what a terminal would act on or show nothing for.
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
