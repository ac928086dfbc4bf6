public import InternetAddresses

/// A user transport over UDP-Lite, always data only (RFC 5354 §3.7).
public struct UDPLiteTransportParameter: Hashable, Sendable {
    /// The UDP-Lite port.
    public var port: UInt16
    /// The one address of the transport, IPv4 or IPv6.
    public var address: IPAddress
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    /// The members in the order of the parameter (RFC 5354 §3.7).
    public init(port: UInt16, address: IPAddress, preserved: [PreservedParameter] = []) {
        self.port = port
        self.address = address
        self.preserved = preserved
    }
}

extension UDPLiteTransportParameter: WireParameter {
    public static var expectedType: ParameterType { .udpLiteTransport }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        port = try reader.readUInt16()
        _ = try reader.readUInt16()  // reserved
        address = try reader.read(IPAddress.self)
        preserved = try reader.finishScope()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(port)
        writer.write(UInt16(0))
        writer.write(address)
    }
}

extension UDPLiteTransportParameter: CustomStringConvertible {
    public var description: String { "UDP-Lite \(address) port \(port)" + textForm(of: preserved) }
}
