import InternetAddresses
import RSerPoolParameters

/// Values as they may come over the wire, unknown parameters among them.
extension SeededGenerator {
    mutating func bytes(upTo limit: Int) -> [UInt8] {
        (0..<below(limit + 1)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func word() -> UInt32 { UInt32(truncatingIfNeeded: next()) }

    mutating func port() -> UInt16 { UInt16(truncatingIfNeeded: next()) }

    mutating func address() -> IPAddress {
        oneIn(2) ? .v4(word()) : .v6(IPv6Number(high: next(), low: next()))
    }

    /// Unknown parameters for a scope of so many known ones; the last known one stays the last where asked.
    mutating func unknown(among known: Int, keepingLast: Bool = false) -> [PreservedParameter] {
        guard oneIn(4) else { return [] }
        let count = 1 + below(3)
        var slots = Array(0..<(known + count - (keepingLast ? 1 : 0)))
        while slots.count > count { slots.remove(at: below(slots.count)) }
        return slots.map { slot in
            var type: UInt16
            repeat { type = port() | 0x8000 } while type == 0x803f || type == 0x9899
            return PreservedParameter(index: slot, type: ParameterType(rawValue: type), value: bytes(upTo: 9))
        }
    }

    mutating func sctpTransport() -> SCTPTransportParameter {
        let addresses = (0...below(3)).map { _ in address() }
        return SCTPTransportParameter(
            port: port(), use: oneIn(2) ? .dataOnly : .dataPlusControl, addresses: addresses,
            preserved: unknown(among: addresses.count))
    }

    mutating func transport() -> UserTransport {
        switch below(8) {
        case 0:
            .dccp(DCCPTransportParameter(port: port(), serviceCode: word(), address: address(), preserved: unknown(among: 1)))
        case 1: .tcp(TCPTransportParameter(port: port(), address: address(), preserved: unknown(among: 1)))
        case 2: .udp(UDPTransportParameter(port: port(), address: address(), preserved: unknown(among: 1)))
        case 3: .udpLite(UDPLiteTransportParameter(port: port(), address: address(), preserved: unknown(among: 1)))
        case 4: .opaque(OpaqueTransportParameter(bytes(upTo: 11)))
        default: .sctp(sctpTransport())
        }
    }

    mutating func policy() -> PolicyParameter {
        PolicyParameter(type: PolicyType(rawValue: word()), data: PolicyData(bytes(upTo: 24)))
    }

    mutating func element() -> PoolElementParameter {
        let asapTransport = oneIn(2) ? sctpTransport() : nil
        let encapsulationPort = oneIn(4) ? max(port(), 1) : nil
        return PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: word()), homeRegistrar: RegistrarIdentifier(rawValue: word()),
            registrationLife: oneIn(4) ? .infinite : .seconds(Int32(bitPattern: word()) & .max), userTransport: transport(),
            policy: policy(), asapTransport: asapTransport, encapsulationPort: encapsulationPort,
            preserved: unknown(
                among: 2 + (asapTransport == nil ? 0 : 1) + (encapsulationPort == nil ? 0 : 1),
                keepingLast: encapsulationPort != nil))
    }

    mutating func server() -> ServerInformationParameter {
        let encapsulationPort = oneIn(4) ? max(port(), 1) : nil
        return ServerInformationParameter(
            identifier: RegistrarIdentifier(rawValue: word()), transport: sctpTransport(), encapsulationPort: encapsulationPort,
            preserved: unknown(among: encapsulationPort == nil ? 1 : 2, keepingLast: encapsulationPort != nil))
    }

    mutating func cause() -> ErrorCause {
        switch below(12) {
        case 0: .unspecified
        case 1: .unrecognizedParameter(bytes(upTo: 20))
        case 2: .unrecognizedMessage(bytes(upTo: 20))
        case 3: .invalidValues(bytes(upTo: 20))
        case 4: .nonUniquePoolElementIdentifier
        case 5: .inconsistentPoolPolicy(policy())
        case 6: .lackOfResources
        case 7: .inconsistentTransportType(transport())
        case 8: .inconsistentDataControlConfiguration
        case 9: .unknownPoolHandle
        case 10: .rejectedForSecurity
        default: .other(CauseCode(rawValue: 11 + port() % 65_525), bytes(upTo: 10))
        }
    }

    /// A message of any of the parameters, each there or not.
    mutating func message() -> ShapedMessage {
        var message = ShapedMessage()
        message.type = UInt8(truncatingIfNeeded: next())
        message.flags = UInt8(truncatingIfNeeded: next())
        message.registrar = RegistrarIdentifier(rawValue: word())
        if !oneIn(4) { message.poolHandle = PoolHandle(bytes(upTo: 20)) }
        // The option means something after a pool handle only.
        if message.poolHandle != nil, oneIn(3) { message.option = HandleResolutionOption(items: word()) }
        if oneIn(3) { message.policy = policy() }
        for _ in 0..<below(3) { message.elements.append(element()) }
        if oneIn(3) { message.identifier = PoolElementIdentifier(rawValue: word()) }
        if oneIn(3) { message.checksum = PEChecksum(rawValue: port()) }
        for _ in 0..<below(2) { message.servers.append(server()) }
        if oneIn(3) { message.transports.append(transport()) }
        if oneIn(3) { message.cookie = Cookie(bytes(upTo: 30)) }
        if oneIn(3) { message.error = OperationErrorParameter((0...below(3)).map { _ in cause() }) }
        let parts: [Int] = [
            message.poolHandle == nil ? 0 : 1, message.option == nil ? 0 : 1, message.policy == nil ? 0 : 1,
            message.elements.count, message.identifier == nil ? 0 : 1, message.checksum == nil ? 0 : 1, message.servers.count,
            message.transports.count, message.cookie == nil ? 0 : 1, message.error == nil ? 0 : 1,
        ]
        message.rest.preserved = unknown(among: parts.reduce(0, +))
        return message
    }
}
