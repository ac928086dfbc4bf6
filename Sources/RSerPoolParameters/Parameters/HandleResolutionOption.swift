/// How many pool elements the asker of a handle resolution wants (draft-dreibholz-rserpool-asap-hropt): type 0x803f, length 8.
///
/// It stands after the pool handle in an ASAP_HANDLE_RESOLUTION. Registrars that do not know it pass over it. One of another
/// length is passed over too, as if it were not there.
public struct HandleResolutionOption: Hashable, Sendable {
    /// The number wanted; 0 leaves it to the registrar, as if the option were not there.
    public var items: UInt32

    /// - Parameter items: the most elements that are wanted; 0 leaves it to the registrar.
    public init(items: UInt32) {
        self.items = items
    }

    /// As many pool elements as the registrar gives.
    public static let asManyAsPossible = HandleResolutionOption(items: .max)
}

extension HandleResolutionOption: WireParameter {
    public static var expectedType: ParameterType { .handleResolutionOption }

    public static func matches(_ type: ParameterType, valueLength: Int) -> Bool {
        type == .handleResolutionOption && valueLength == 4
    }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        items = try reader.readUInt32()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.write(items)
    }
}

extension HandleResolutionOption: CustomStringConvertible {
    public var description: String { items == .max ? "as many items as possible" : "\(items) items" }
}
