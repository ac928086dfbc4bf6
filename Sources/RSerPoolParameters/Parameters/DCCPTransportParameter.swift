public import InternetAddresses

/// A user transport over DCCP, always data only (RFC 5354 §3.3).
public struct DCCPTransportParameter: Hashable, Sendable {
    /// The DCCP port.
    public var port: UInt16
    /// The DCCP service code.
    public var serviceCode: UInt32
    /// The one address of the transport, IPv4 or IPv6.
    public var address: IPAddress
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    /// The members in the order of the parameter (RFC 5354 §3.3).
    public init(port: UInt16, serviceCode: UInt32, address: IPAddress, preserved: [PreservedParameter] = []) {
        self.port = port
        self.serviceCode = serviceCode
        self.address = address
        self.preserved = preserved
    }
}

extension DCCPTransportParameter: WireParameter {
    public static var expectedType: ParameterType { .dccpTransport }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        port = try reader.readUInt16()
        _ = try reader.readUInt16()  // reserved
        serviceCode = try reader.readUInt32()
        address = try reader.read(IPAddress.self)
        preserved = try reader.finishScope()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(port)
        writer.write(UInt16(0))
        writer.write(serviceCode)
        writer.write(address)
    }
}

extension DCCPTransportParameter: CustomStringConvertible {
    public var description: String {
        "DCCP \(address) port \(port) service code \(hexadecimal(serviceCode, digits: 8))" + textForm(of: preserved)
    }
}
