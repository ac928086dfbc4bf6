public import InternetAddresses
import RequirementMarks

/// What a pool element uses a transport for (RFC 5354 §3.4).
public enum TransportUse: UInt16, Hashable, Sendable {
    /// DATA ONLY.
    case dataOnly = 0
    /// DATA plus CONTROL: the session's ASAP messages go over it too.
    case dataPlusControl = 1
}

extension TransportUse: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dataOnly: "data only"
        case .dataPlusControl: "data plus control"
        }
    }
}

/// A transport over SCTP (RFC 5354 §3.4).
public struct SCTPTransportParameter: Hashable, Sendable {
    /// The SCTP port.
    public var port: UInt16
    /// Whether control messages may go over the associations too.
    public var use: TransportUse
    /// At least one and at most `WireLimits.addressesPerTransport` addresses, IPv4 and IPv6 in any order.
    public var addresses: [IPAddress]
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    /// - Parameter addresses: at least one; all are of one endpoint.
    public init(
        port: UInt16, use: TransportUse = .dataOnly, addresses: [IPAddress], preserved: [PreservedParameter] = []
    ) {
        self.port = port
        self.use = use
        self.addresses = addresses
        self.preserved = preserved
    }
}

extension SCTPTransportParameter: WireParameter {
    public static var expectedType: ParameterType { .sctpTransport }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        port = try reader.readUInt16()
        fulfils("parameters-3.4-R1")
        guard let use = TransportUse(rawValue: try reader.readUInt16()) else { throw reader.invalidValue(back: 2) }
        self.use = use
        fulfils("parameters-3.4-R2")
        let length = reader.remaining
        let first = try reader.read(IPAddress.self)
        // As many as follow where all are of one family: no second allocation, and no room that an element kept would waste.
        addresses = []
        addresses.reserveCapacity(min(length / (length - reader.remaining), reader.limits.addressesPerTransport))
        addresses.append(first)
        while let header = try reader.find(IPAddress.self) {
            guard addresses.count < reader.limits.addressesPerTransport else {
                throw reader.exceeded(.addressesPerTransport, at: header.start)
            }
            addresses.append(try reader.readValue(of: header))
        }
        preserved = try reader.finishScope()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(port)
        writer.write(use.rawValue)
        if addresses.isEmpty {
            fulfils("parameters-3.4-R2")
            writer.fail(.empty(parameterType))
        }
        for address in addresses { writer.write(address) }
    }
}

extension SCTPTransportParameter: CustomStringConvertible {
    public var description: String {
        let addresses = addresses.map(\.description).joined(separator: ", ")
        return "SCTP \(addresses) port \(port), \(use)" + textForm(of: preserved)
    }
}
