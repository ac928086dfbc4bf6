public import InternetAddresses

/// A user transport over UDP, always data only (RFC 5354 §3.6).
public struct UDPTransportParameter: Hashable, Sendable {
    /// The UDP port.
    public var port: UInt16
    /// The one address of the transport, IPv4 or IPv6.
    public var address: IPAddress
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    /// The members in the order of the parameter (RFC 5354 §3.6).
    public init(port: UInt16, address: IPAddress, preserved: [PreservedParameter] = []) {
        self.port = port
        self.address = address
        self.preserved = preserved
    }
}

extension UDPTransportParameter: WireParameter {
    public static var expectedType: ParameterType { .udpTransport }

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

extension UDPTransportParameter: CustomStringConvertible {
    public var description: String { "UDP \(address) port \(port)" + textForm(of: preserved) }
}
