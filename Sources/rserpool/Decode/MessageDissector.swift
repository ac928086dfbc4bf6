import ASAP
import ENRP
import InternetAddresses
import RSerPoolParameters

/// Takes a message apart piece by piece, whatever its bytes are. Whether it is a valid message is for the codecs to say, which
/// stop at the first fault; this one goes on as far as anything makes sense.
struct MessageDissector {
    private let bytes: [UInt8]

    static func parts(of bytes: [UInt8], _ messageProtocol: MessageProtocol) -> [MessagePart] {
        guard bytes.count >= CommonHeader.size else { return [] }
        let length = Int(bytes[2]) << 8 | Int(bytes[3])
        let dissector = MessageDissector(bytes: bytes)
        let end = min(max(length, CommonHeader.size), bytes.count)
        let fields = fields(of: bytes[0], messageProtocol)
        var parts: [MessagePart] = []
        var offset = CommonHeader.size
        for field in fields {
            guard offset + field.width <= end else {
                return parts + [MessagePart(offset, end - offset, field.name, problem: "the message ends before it")]
            }
            parts.append(MessagePart(offset, field.width, field.name, field.text(dissector.number(offset, field.width))))
            offset += field.width
        }
        return parts + dissector.parameters(from: offset, to: end)
    }

    // MARK: Fixed fields

    private struct Field {
        var name: String
        var width = 4
        var text: (UInt32) -> String = { "\(RegistrarIdentifier(rawValue: $0))" }
    }

    /// What stands before the parameters (RFC 5352 §2.2, RFC 5353 §2).
    private static func fields(of type: UInt8, _ messageProtocol: MessageProtocol) -> [Field] {
        switch messageProtocol {
        case .asap:
            switch ASAPMessageType(rawValue: type) {
            case .endpointKeepAlive, .serverAnnounce: return [Field(name: "Server Identifier")]
            default: return []
            }
        case .enrp:
            guard let type = ENRPMessageType(rawValue: type) else { return [] }
            let ends = [Field(name: "Sending Server's ID"), Field(name: "Receiving Server's ID")]
            switch type {
            case .handleUpdate:
                let actions = ["ADD_PE", "DEL_PE"]
                return ends + [
                    Field(name: "Update Action", width: 2) { $0 < 2 ? actions[Int($0)] : "\($0)" },
                    Field(name: "Reserved", width: 2) { "\($0)" },
                ]
            case .initTakeover, .initTakeoverAcknowledgement, .takeoverServer:
                return ends + [Field(name: "Targeting Server's ID")]
            default:
                return ends
            }
        }
    }

    private func number(_ offset: Int, _ width: Int) -> UInt32 {
        UInt32(networkOrder: bytes[offset..<offset + width])
    }

    // MARK: Parameters

    /// The parameters, or with their like layout the error causes, between two offsets (RFC 5354 §3).
    private func parameters(from start: Int, to end: Int, areCauses: Bool = false) -> [MessagePart] {
        var parts: [MessagePart] = []
        var offset = start
        while offset < end {
            guard offset + 4 <= end else {
                return parts + [
                    MessagePart(
                        offset, end - offset, hexadecimal(offset..<end), problem: "too few bytes for a parameter's header")
                ]
            }
            let type = UInt16(number(offset, 2))
            let length = Int(number(offset + 2, 2))
            let name = areCauses ? "\(CauseCode(rawValue: type))" : "\(ParameterType(rawValue: type))"
            guard length >= 4, offset + length <= end else {
                let problem =
                    length < 4
                    ? "its length is \(length), below the 4 of its header"
                    : "its length is \(length), and \(end - offset) bytes are left"
                return parts + [MessagePart(offset, end - offset, name, problem: problem)]
            }
            parts.append(
                areCauses
                    ? cause(CauseCode(rawValue: type), offset, length)
                    : parameter(ParameterType(rawValue: type), offset, length))
            offset += (length + 3) & ~3
        }
        return parts
    }

    private func parameter(_ type: ParameterType, _ offset: Int, _ length: Int) -> MessagePart {
        let (start, end) = (offset + 4, offset + length)
        let name = "\(type)"
        switch type {
        case .poolElement:
            return composite(
                name, offset, length,
                [
                    Field(name: "PE Identifier") { "\(PoolElementIdentifier(rawValue: $0))" },
                    Field(name: "Home ENRP Server Identifier"),
                    Field(name: "Registration Life") { "\(RegistrationLife(rawValue: Int32(bitPattern: $0)))" },
                ])
        case .serverInformation:
            return composite(name, offset, length, [Field(name: "Server Identifier")])
        case .sctpTransport, .tcpTransport, .udpTransport, .udpLiteTransport:
            let use = Field(name: type == .sctpTransport || type == .tcpTransport ? "Transport Use" : "Reserved", width: 2) {
                TransportUse(rawValue: UInt16($0)).map(\.description) ?? "\($0)"
            }
            return composite(name, offset, length, [Field(name: "Port", width: 2) { "\($0)" }, use])
        case .dccpTransport:
            return composite(
                name, offset, length,
                [
                    Field(name: "Port", width: 2) { "\($0)" }, Field(name: "Reserved", width: 2) { "\($0)" },
                    Field(name: "Service Code") { "\($0)" },
                ])
        case .encapsulationPort where length == 8 && number(start + 2, 2) == 0:
            return MessagePart(offset, length, name, "\(number(start, 2))")
        case .operationError:
            return MessagePart(offset, length, name, parts: parameters(from: start, to: end, areCauses: true))
        default:
            return leaf(type, name, offset, length)
        }
    }

    private func composite(_ name: String, _ offset: Int, _ length: Int, _ fields: [Field]) -> MessagePart {
        var parts: [MessagePart] = []
        var position = offset + 4
        for field in fields {
            guard position + field.width <= offset + length else {
                parts.append(
                    MessagePart(position, offset + length - position, field.name, problem: "the parameter ends before it"))
                return MessagePart(offset, length, name, parts: parts)
            }
            parts.append(MessagePart(position, field.width, field.name, field.text(number(position, field.width))))
            position += field.width
        }
        return MessagePart(offset, length, name, parts: parts + parameters(from: position, to: offset + length))
    }

    /// A parameter without parts, by the codec's own reading of it.
    private func leaf(_ type: ParameterType, _ name: String, _ offset: Int, _ length: Int) -> MessagePart {
        let padded = Array(bytes[offset..<offset + length]) + [UInt8](repeating: 0, count: -length & 3)
        var reader = ParameterReader(padded)
        do throws(WireError) {
            guard let parameter = try reader.readAnyParameters().first else { return MessagePart(offset, length, name) }
            return MessagePart(offset, length, name, text(of: parameter, offset, length))
        } catch {
            return MessagePart(offset, length, name, hexadecimal(offset + 4..<offset + length), problem: "\(error.code)")
        }
    }

    private func text(of parameter: Parameter, _ offset: Int, _ length: Int) -> String {
        switch parameter {
        case .address(let address): "\(address)"
        case .memberSelectionPolicy(let policy): PolicyText.description(policy)
        case .poolHandle(let handle): "\(handle)"
        case .poolElementIdentifier(let identifier): "\(identifier)"
        case .poolElementChecksum(let checksum): "\(checksum)"
        case .handleResolutionOption(let option): "\(option)"
        default: hexadecimal(offset + 4..<offset + length)
        }
    }

    private func cause(_ code: CauseCode, _ offset: Int, _ length: Int) -> MessagePart {
        let (start, end) = (offset + 4, offset + length)
        switch code {
        case .unrecognizedParameter, .inconsistentPoolPolicy, .inconsistentTransportType:
            return MessagePart(offset, length, "\(code)", parts: start < end ? parameters(from: start, to: end) : nil)
        default:
            return MessagePart(offset, length, "\(code)", start < end ? hexadecimal(start..<end) : nil)
        }
    }

    /// `[0102…]`, and how many bytes it is where not all are shown.
    private func hexadecimal(_ range: Range<Int>) -> String {
        let shown = 32
        let digits = bytes[range].prefix(shown).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return range.count > shown ? "[\(digits)… \(range.count) bytes]" : "[\(digits)]"
    }
}
