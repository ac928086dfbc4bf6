extension AgentXMessage {
    /// The longest payload that is taken by default, in bytes: far more than an SNMP message holds, far less than hurts.
    public static let standardPayloadLimit = 1_048_576

    /// Reads one message of exactly these bytes.
    /// - Throws: ``AgentXError`` with the field and the offset.
    public static func decode(
        _ bytes: ArraySlice<UInt8>, payloadLimit: Int = standardPayloadLimit
    ) throws(AgentXError) -> AgentXMessage {
        let prefix = try AgentXHeader.readPrefix(bytes, payloadLimit: payloadLimit)
        guard let header = prefix.header else { throw AgentXError(.unknownType(prefix.rawType), "h.type", at: 1) }
        let end = AgentXHeader.length + prefix.payloadLength
        guard bytes.count >= end else { throw AgentXError(.truncated, "h.payload_length", at: 16) }
        guard bytes.count == end else { throw AgentXError(.trailingBytes, "h.payload_length", at: end) }
        var reader = AgentXReader(bytes, isBigEndian: header.flags.contains(.networkByteOrder))
        try reader.skip(AgentXHeader.length, "header")
        var message = AgentXMessage(
            .ping, session: header.session, transaction: header.transaction, packet: header.packet)
        message.isNetworkByteOrder = reader.isBigEndian
        if header.type.hasContext, header.flags.contains(.nonDefaultContext) {
            message.context = try reader.octetString("context")
        }
        message.body = try decodeBody(header, &reader)
        guard reader.isAtEnd else { throw reader.error(.trailingBytes, "\(header.type)") }
        return message
    }

    /// Reads one message of exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(AgentXError) -> AgentXMessage {
        try decode(bytes[...])
    }

    private static func decodeBody(_ header: AgentXHeader, _ reader: inout AgentXReader) throws(AgentXError) -> Body {
        switch header.type {
        case .open:
            let timeout = try reader.byte("o.timeout")
            try reader.skip(3, "o.timeout")
            let (identifier, _) = try reader.name("o.id")
            return .open(timeout: timeout, identifier: identifier, description: try reader.octetString("o.descr"))
        case .close:
            let start = reader
            let number = try reader.byte("c.reason")
            try reader.skip(3, "c.reason")
            guard let reason = CloseReason(rawValue: number) else {
                throw start.error(.invalidValue(UInt32(number)), "c.reason")
            }
            return .close(reason)
        case .register:
            let (region, timeout) = try region(&reader)
            return .register(region, timeout: timeout, isInstance: header.flags.contains(.instanceRegistration))
        case .unregister: return .unregister(try region(&reader).0)
        case .get: return .get(try reader.searchRanges("g.sr"))
        case .getNext: return .getNext(try reader.searchRanges("g.sr"))
        case .getBulk:
            let nonRepeaters = try reader.number16("g.non_repeaters")
            let repetitions = try reader.number16("g.max_repetitions")
            return .getBulk(
                try reader.searchRanges("g.sr"), nonRepeaters: nonRepeaters, maximumRepetitions: repetitions)
        case .testSet: return .testSet(try reader.bindings("t.vb"))
        case .commitSet: return .commitSet
        case .undoSet: return .undoSet
        case .cleanupSet: return .cleanupSet
        case .notify: return .notify(try reader.bindings("n.vb"))
        case .ping: return .ping
        case .indexAllocate:
            let choice: IndexChoice =
                header.flags.contains(.newIndex) ? .new : header.flags.contains(.anyIndex) ? .any : .given
            return .indexAllocate(try reader.bindings("i.vb"), choice)
        case .indexDeallocate: return .indexDeallocate(try reader.bindings("i.vb"))
        case .addAgentCapabilities:
            let (identifier, _) = try reader.name("a.id")
            return .addAgentCapabilities(identifier, description: try reader.octetString("a.descr"))
        case .removeAgentCapabilities: return .removeAgentCapabilities(try reader.name("a.id").0)
        case .response:
            let upTime = try reader.number32("res.sysUpTime")
            let status = try reader.number16("res.error")
            let index = try reader.number16("res.index")
            return .response(
                Response(
                    Status(rawValue: status), index: index, bindings: try reader.bindings("res.vb"), upTime: upTime))
        }
    }

    private static func region(_ reader: inout AgentXReader) throws(AgentXError) -> (Region, timeout: UInt8) {
        let timeout = try reader.byte("r.timeout")
        let priority = try reader.byte("r.priority")
        let start = reader
        let place = try reader.byte("r.range_subid")
        try reader.skip(1, "r.range_subid")
        let (subtree, _) = try reader.name("r.subtree")
        guard Int(place) <= subtree.subidentifiers.count else {
            throw start.error(.invalidValue(UInt32(place)), "r.range_subid")
        }
        let bound = place == 0 ? 0 : try reader.number32("r.upper_bound")
        return (Region(subtree, rangePlace: place, upperBound: bound, priority: priority), timeout)
    }
}
