import InternetAddresses
import RSerPoolParameters

/// What a dissector has to show of one message: the values of each of its fields, in the order of the bytes.
///
/// It is made from the values that were encoded and the layouts of RFC 5354, not by the encoder that is judged. Fields are named as
/// Wireshark names them, without the protocol in front.
struct ExpectedFields {
    /// The protocol: asap or enrp.
    let layer: String
    private(set) var values: [String: [String]] = [:]
    /// The bytes of the message so far; the padding of what stands last in it does not count (RFC 5354 §4).
    private(set) var length = 0
    /// How many parameters hold the one that is being added.
    private var depth = 0

    init(layer: String) {
        self.layer = layer
    }

    mutating func add(_ field: String, _ value: String) {
        values[field, default: []].append(value)
    }
    mutating func add(_ field: String, _ value: some BinaryInteger) {
        add(field, "\(value)")
    }
    mutating func add(_ field: String, hexadecimal value: some FixedWidthInteger) {
        add(field, hexadecimalText(value))
    }
    mutating func add(_ field: String, bytes: [UInt8]) {
        // A dissector shows no field for no bytes.
        if !bytes.isEmpty { add(field, bytes.map { String(hexadecimalText($0).dropFirst(2)) }.joined()) }
    }
    /// A part of 2³² − 1 as a percentage, which is how Wireshark shows loads and degradations.
    mutating func add(_ field: String, percentage value: UInt32) {
        add(field, "\(Double(value) / Double(UInt32.max) * 100)")
    }
    /// A part of 2³² − 1 as a part of one, which is how it shows distance penalty factors.
    mutating func add(_ field: String, fraction value: UInt32) {
        add(field, "\(Double(value) / Double(UInt32.max))")
    }

    /// The header that all messages have (RFC 5354 §4); to be added when all parameters are there.
    mutating func addHeader(type: UInt8, flags: UInt8) {
        // It comes before the header of a message that a cause gives back.
        values["message_type", default: []].insert("\(type)", at: 0)
        values["message_flags", default: []].insert(hexadecimalText(flags), at: 0)
        values["message_length", default: []].insert("\(4 + length)", at: 0)
    }

    /// Bytes outside parameters.
    mutating func addBytes(_ count: Int) {
        length += count
    }

    /// A registrar's identifier that is no parameter.
    mutating func add(_ field: String, _ registrar: RegistrarIdentifier) {
        add(field, hexadecimal: registrar.rawValue)
        length += 4
    }
}

func hexadecimalText(_ value: some FixedWidthInteger) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: value.bitWidth / 4 - digits.count) + digits
}

/// The bytes that `count` bytes take with their padding (RFC 5354 §3).
func padded(_ count: Int) -> Int { (count + 3) / 4 * 4 }

// MARK: - Parameters (RFC 5354 §3)

extension ExpectedFields {
    /// A parameter's header and padding, and in between what `value` adds.
    /// - Parameter length: of the value.
    mutating func addParameter(_ type: UInt16, length: Int, _ value: (inout ExpectedFields) -> Void) {
        if depth == 0 { self.length = padded(self.length) + 4 + length }
        add("parameter_type", hexadecimal: type)
        add("parameter_length", 4 + length)
        depth += 1
        value(&self)
        depth -= 1
        add("parameter_padding", bytes: [UInt8](repeating: 0, count: padded(length) - length))
    }

    mutating func add(_ pool: PoolHandle) {
        addParameter(0x0009, length: pool.bytes.count) { $0.add("pool_handle_pool_handle", bytes: pool.bytes) }
    }

    mutating func add(_ identifier: PoolElementIdentifier) {
        addParameter(0x000e, length: 4) { $0.add("pe_identifier", hexadecimal: identifier.rawValue) }
    }

    mutating func add(_ cookie: Cookie) {
        addParameter(0x000d, length: cookie.bytes.count) { $0.add("cookie", bytes: cookie.bytes) }
    }

    mutating func add(_ checksum: PEChecksum) {
        addParameter(0x000f, length: 2) { $0.add("pe_checksum", hexadecimal: checksum.rawValue) }
    }

    mutating func add(_ option: HandleResolutionOption) {
        addParameter(0x803f, length: 4) { $0.add("hropt_items", option.items) }
    }

    mutating func add(_ address: IPAddress) {
        switch address {
        case .v4: addParameter(0x0001, length: 4) { $0.add("ipv4_address", "\(address)") }
        case .v6: addParameter(0x0002, length: 16) { $0.add("ipv6_address", "\(address)") }
        }
    }

    mutating func add(_ transport: SCTPTransportParameter) {
        addParameter(0x0004, length: 4 + transport.addresses.reduce(0) { $0 + size(of: $1) }) {
            $0.add("sctp_transport_port", transport.port)
            $0.add("transport_use", transport.use.rawValue)
            for address in transport.addresses { $0.add(address) }
        }
    }

    mutating func add(_ transport: UserTransport) {
        switch transport {
        case .sctp(let transport): add(transport)
        case .dccp(let transport):
            addParameter(0x0003, length: 8 + size(of: transport.address)) {
                $0.add("dccp_transport_port", transport.port)
                $0.add("dccp_transport_reserved", 0)
                $0.add("dccp_transport_service_code", transport.serviceCode)
                $0.add(transport.address)
            }
        case .tcp(let transport):
            addParameter(0x0005, length: 4 + size(of: transport.address)) {
                $0.add("tcp_transport_port", transport.port)
                // Where SCTP has its use.
                $0.add("transport_use", 0)
                $0.add(transport.address)
            }
        case .udp(let transport): add(0x0006, "udp", transport.port, transport.address)
        case .udpLite(let transport): add(0x0007, "udp_lite", transport.port, transport.address)
        case .opaque(let transport):
            addParameter(0x0010, length: transport.bytes.count) { $0.add("parameter_value", bytes: transport.bytes) }
        }
    }

    private mutating func add(_ type: UInt16, _ name: String, _ port: UInt16, _ address: IPAddress) {
        addParameter(type, length: 4 + size(of: address)) {
            $0.add("\(name)_transport_port", port)
            $0.add("\(name)_transport_reserved", 0)
            $0.add(address)
        }
    }

    mutating func add(_ policy: PolicyParameter) {
        addParameter(0x0008, length: 4 + policy.data.count) {
            $0.add("pool_member_selection_policy_type", hexadecimal: policy.type.rawValue)
            $0.addValues(of: policy)
        }
    }

    mutating func add(_ element: PoolElementParameter) {
        var length = 12 + size(of: element.userTransport) + 8 + element.policy.data.count
        if let transport = element.asapTransport { length += size(of: .sctp(transport)) }
        if element.encapsulationPort != nil { length += 8 }
        addParameter(0x000a, length: length) {
            $0.add("pool_element_pe_identifier", hexadecimal: element.identifier.rawValue)
            $0.add("pool_element_home_enrp_server_identifier", hexadecimal: element.homeRegistrar.rawValue)
            $0.add("pool_element_registration_life", element.registrationLife.rawValue)
            $0.add(element.userTransport)
            $0.add(element.policy)
            if let transport = element.asapTransport { $0.add(transport) }
            $0.add(encapsulationPort: element.encapsulationPort)
        }
    }

    mutating func add(_ server: ServerInformationParameter) {
        addParameter(0x000b, length: 4 + size(of: .sctp(server.transport)) + (server.encapsulationPort == nil ? 0 : 8)) {
            $0.add("server_information_server_identifier", hexadecimal: server.identifier.rawValue)
            $0.add(server.transport)
            $0.add(encapsulationPort: server.encapsulationPort)
        }
    }

    /// The private parameter that ARCHITECTURE.md describes.
    private mutating func add(encapsulationPort: UInt16?) {
        guard let port = encapsulationPort else { return }
        addParameter(0x9899, length: 4) {
            $0.add("parameter_value", bytes: [UInt8(port >> 8), UInt8(port & 0xff), 0, 0])
        }
    }

    /// The bytes of a parameter, header and padding included.
    private func size(of address: IPAddress) -> Int {
        if case .v4 = address { 8 } else { 20 }
    }
    func size(of transport: UserTransport) -> Int {
        switch transport {
        case .sctp(let transport): 8 + transport.addresses.reduce(0) { $0 + size(of: $1) }
        case .dccp(let transport): 12 + size(of: transport.address)
        case .tcp(let transport): 8 + size(of: transport.address)
        case .udp(let transport): 8 + size(of: transport.address)
        case .udpLite(let transport): 8 + size(of: transport.address)
        case .opaque(let transport): 4 + padded(transport.bytes.count)
        }
    }
}
