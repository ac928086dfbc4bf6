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
            let bindings = ranges.map { range in
                VariableBinding(range.start, isOurs ? objects.value(of: range.start) : .noSuchObject)
            }
            respond(AgentXMessage.Response(bindings: bindings), to: request)
        case .getNext(let ranges):
            let bindings = ranges.map { search($0, isOurs) }
            respond(AgentXMessage.Response(bindings: bindings), to: request)
        case .getBulk(let ranges, let nonRepeaters, let repetitions):
            let bindings = bulk(ranges, Int(nonRepeaters), Int(repetitions), isOurs)
            respond(AgentXMessage.Response(bindings: bindings), to: request)
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

    /// §7.2.3.3: the first ranges once, then the others again and again until there is no more, or the answer is long enough.
    private mutating func bulk(
        _ ranges: [SearchRange], _ nonRepeaters: Int, _ repetitions: Int, _ isOurs: Bool
    ) -> [VariableBinding] {
        var bindings = ranges.prefix(nonRepeaters).map { search($0, isOurs) }
        var repeated = Array(ranges.dropFirst(nonRepeaters))
        guard !repeated.isEmpty else { return bindings }
        var length = bindings.reduce(0) { $0 + $1.encodedLength }
        for _ in 0..<repetitions {
            var isAtEnd = true
            for place in repeated.indices {
                let found = search(repeated[place], isOurs)
                length += found.encodedLength
                if found.value != .endOfMibView {
                    isAtEnd = false
                    repeated[place].start = found.name
                    repeated[place].isStartIncluded = false
                }
                bindings.append(found)
            }
            if isAtEnd || length > configuration.answerLimit { break }
        }
        return bindings
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
