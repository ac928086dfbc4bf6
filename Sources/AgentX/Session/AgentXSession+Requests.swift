// What the master agent asks, and the answers (RFC 2741 §7.2.2 – §7.2.4).
extension AgentXSession {
    mutating func respond(_ response: AgentXMessage.Response, to request: AgentXMessage) {
        var message = AgentXMessage(
            .response(response), session: request.session, transaction: request.transaction, packet: request.packet)
        message.isNetworkByteOrder = request.isNetworkByteOrder
        emit(message)
    }

    mutating func serve(_ request: AgentXMessage) {
        let isOurs = request.context == configuration.context
        switch request.body {
        case .get(let ranges):
            respond(
                bounded(ranges) { session, range in
                    VariableBinding(range.start, isOurs ? session.objects.value(of: range.start) : .noSuchObject)
                }, to: request)
        case .getNext(let ranges): respond(bounded(ranges) { $0.search($1, isOurs) }, to: request)
        case .getBulk(let ranges, let nonRepeaters, let repetitions):
            respond(bulk(ranges, Int(nonRepeaters), Int(repetitions), isOurs), to: request)
        case .testSet(let bindings):
            let failure = isOurs ? objects.test(bindings) : SetFailure(.noAccess, at: 1)
            respond(response(failure), to: request)
        case .commitSet: respond(response(objects.commit()), to: request)
        case .undoSet:
            respond(response(objects.undo()), to: request)
            objects.cleanUp()
        case .cleanupSet: objects.cleanUp()
        case .open, .close, .register, .unregister, .notify, .ping, .indexAllocate, .indexDeallocate,
            .addAgentCapabilities, .removeAgentCapabilities, .response:
            // A master agent does not ask these of a subagent.
            respond(AgentXMessage.Response(.processingError), to: request)
        }
    }

    private func response(_ failure: SetFailure?) -> AgentXMessage.Response {
        AgentXMessage.Response(
            failure?.status ?? .noError, index: UInt16(truncatingIfNeeded: failure?.index ?? 0))
    }

    private mutating func search(_ range: SearchRange, _ isOurs: Bool) -> VariableBinding {
        (isOurs ? objects.first(in: range) : nil) ?? VariableBinding(range.start, .endOfMibView)
    }

    /// A binding for each range; refused at the one with which the answer would be too long.
    private mutating func bounded(
        _ ranges: [SearchRange], _ find: (inout Self, SearchRange) -> VariableBinding
    ) -> AgentXMessage.Response {
        var bindings: [VariableBinding] = []
        bindings.reserveCapacity(ranges.count)
        var length = 0
        for range in ranges {
            bindings.append(find(&self, range))
            length += bindings[bindings.count - 1].encodedLength
            guard length <= configuration.answerLimit else { return Self.tooBig(bindings.count) }
        }
        return AgentXMessage.Response(bindings: bindings)
    }

    /// RFC 3416 §4.2.1: what fits into no message is not cut short. A master agent may not even take an answer of more than 64 KiB.
    private static func tooBig(_ place: Int) -> AgentXMessage.Response {
        AgentXMessage.Response(.tooBig, index: UInt16(clamping: place))
    }

    /// §7.2.3.3: the first ranges once, then the others again and again until there is no more, or the answer is long enough.
    private mutating func bulk(
        _ ranges: [SearchRange], _ nonRepeaters: Int, _ repetitions: Int, _ isOurs: Bool
    ) -> AgentXMessage.Response {
        var response = bounded(Array(ranges.prefix(nonRepeaters))) { $0.search($1, isOurs) }
        var repeated = Array(ranges.dropFirst(nonRepeaters))
        guard response.status == .noError, !repeated.isEmpty else { return response }
        var length = response.bindings.reduce(0) { $0 + $1.encodedLength }
        for repetition in 0..<repetitions {
            let complete = response.bindings.count
            var isAtEnd = true
            for place in repeated.indices {
                let found = search(repeated[place], isOurs)
                length += found.encodedLength
                guard length <= configuration.answerLimit else {
                    guard repetition > 0 else { return Self.tooBig(nonRepeaters + place + 1) }
                    response.bindings.removeSubrange(complete...)
                    return response
                }
                if found.value != .endOfMibView {
                    isAtEnd = false
                    repeated[place].start = found.name
                    repeated[place].isStartIncluded = false
                }
                response.bindings.append(found)
            }
            if isAtEnd { break }
        }
        return response
    }
}

extension VariableBinding {
    /// The length on the wire in bytes, at most.
    var encodedLength: Int {
        let name = 8 + 4 * name.subidentifiers.count
        switch value {
        case .octetString(let bytes), .ipAddress(let bytes), .opaque(let bytes): return name + 8 + bytes.count
        case .objectIdentifier(let identifier): return name + 4 + 4 * identifier.subidentifiers.count
        case .counter64: return name + 8
        default: return name + 4
        }
    }
}
