import PoolPolicies
import RSerPoolParameters

// MARK: - Policies (RFC 5356 §4, §5)

extension ExpectedFields {
    mutating func addValues(of policy: PolicyParameter) {
        func name(_ field: String) -> String { "pool_member_selection_policy_" + field }
        let words = (0..<policy.data.count / 4).compactMap { policy.data.word(at: $0) }
        switch policy.type {
        case .roundRobin, .random: break
        case .weightedRoundRobin, .weightedRandom: add(name("weight"), words[0])
        case .priority: add(name("priority"), words[0])
        case .leastUsed, .randomizedLeastUsed: add(name("load"), percentage: words[0])
        case .leastUsedWithDegradation, .priorityLeastUsed:
            add(name("load"), percentage: words[0])
            add(name("degradation"), percentage: words[1])
        case .weightedRandomWithDistancePenalty:
            add(name("weight"), words[0])
            add(name("weight_dpf"), fraction: words[1])
            add(name("distance"), words[2])
        case .leastUsedWithDistancePenalty:
            add(name("load"), percentage: words[0])
            add(name("load_dpf"), fraction: words[1])
            add(name("distance"), words[2])
        default: add(name("value"), bytes: Array(policy.data))
        }
    }
}

// MARK: - Error causes (RFC 5354 §3.12)

extension ExpectedFields {
    /// The Operation Error parameter; nothing where there are no causes.
    mutating func add(_ causes: [ErrorCause]) {
        guard !causes.isEmpty else { return }
        let length = causes.reduce(0) { padded($0) + 4 + contents(of: $1) }
        addParameter(0x000c, length: length) { fields in
            for cause in causes { fields.add(cause) }
        }
    }

    fileprivate mutating func add(_ cause: ErrorCause) {
        add("cause_code", hexadecimal: cause.code.rawValue)
        add("cause_length", 4 + contents(of: cause))
        switch cause {
        case .inconsistentPoolPolicy(let policy): add(policy)
        case .inconsistentTransportType(let transport): add(transport)
        case .unrecognizedParameter(let bytes), .invalidValues(let bytes): add(parameter: bytes)
        case .unrecognizedMessage(let bytes): add(message: bytes)
        case .other(_, let bytes): add("cause_info", bytes: bytes)
        default: break
        }
        add("cause_padding", bytes: [UInt8](repeating: 0, count: padded(contents(of: cause)) - contents(of: cause)))
    }

    /// A parameter that a cause gives back; of those that are known, the table has a PE Identifier.
    private mutating func add(parameter bytes: [UInt8]) {
        let type = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        let value = Array(bytes.dropFirst(4))
        addParameter(type, length: value.count) { fields in
            guard type == 0x000e else { return fields.add("parameter_value", bytes: value) }
            fields.add("pe_identifier", hexadecimal: value.reduce(0 as UInt32) { $0 << 8 | UInt32($1) })
        }
    }

    /// A message that a cause gives back. The dissectors show it as one; ASAP's takes what follows the header for parameters.
    private mutating func add(message bytes: [UInt8]) {
        add("message_type", bytes[0])
        add("message_flags", hexadecimal: bytes[1])
        add("message_length", bytes.count)
        let value = Array(bytes.dropFirst(4))
        if layer == "asap" { add(parameter: value) } else { add("message_value", bytes: value) }
    }

    /// How many bytes of contents the cause has, its padding not counted.
    private func contents(of cause: ErrorCause) -> Int {
        switch cause {
        case .inconsistentPoolPolicy(let policy): 8 + policy.data.count
        case .inconsistentTransportType(let transport): size(of: transport)
        case .unrecognizedParameter(let bytes), .unrecognizedMessage(let bytes), .invalidValues(let bytes),
            .other(_, let bytes):
            bytes.count
        default: 0
        }
    }
}
