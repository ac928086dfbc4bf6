extension AgentXMessage {
    /// The message as bytes.
    public var encoded: [UInt8] {
        var writer = AgentXWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Adds the message to what the writer has.
    func write(to writer: inout AgentXWriter) {
        let start = writer.bytes.count
        writer.isBigEndian = isNetworkByteOrder
        let type = body.type
        var flags: AgentXHeader.Flags = isNetworkByteOrder ? .networkByteOrder : []
        if context != nil, type.hasContext { flags.insert(.nonDefaultContext) }
        switch body {
        case .register(_, _, true): flags.insert(.instanceRegistration)
        case .indexAllocate(_, .new): flags.insert(.newIndex)
        case .indexAllocate(_, .any): flags.insert(.anyIndex)
        default: break
        }
        writer.byte(AgentXHeader.version)
        writer.byte(type.rawValue)
        writer.byte(flags.rawValue)
        writer.byte(0)
        writer.number32(session)
        writer.number32(transaction)
        writer.number32(packet)
        writer.number32(0)
        if let context, type.hasContext { writer.octetString(context) }
        writeBody(to: &writer)
        let length = writer.bytes.count - start - AgentXHeader.length
        writer.patch32(UInt32(truncatingIfNeeded: length), at: start + 16)
    }

    private func writeBody(to writer: inout AgentXWriter) {
        switch body {
        case .open(let timeout, let identifier, let description):
            writer.byte(timeout)
            for _ in 0..<3 { writer.byte(0) }
            writer.name(identifier)
            writer.octetString(description)
        case .close(let reason):
            writer.byte(reason.rawValue)
            for _ in 0..<3 { writer.byte(0) }
        case .register(let region, let timeout, _): write(region, timeout: timeout, to: &writer)
        case .unregister(let region): write(region, timeout: 0, to: &writer)
        case .get(let ranges), .getNext(let ranges):
            for range in ranges { writer.searchRange(range) }
        case .getBulk(let ranges, let nonRepeaters, let repetitions):
            writer.number16(nonRepeaters)
            writer.number16(repetitions)
            for range in ranges { writer.searchRange(range) }
        case .testSet(let bindings), .notify(let bindings), .indexAllocate(let bindings, _),
            .indexDeallocate(let bindings):
            for binding in bindings { writer.binding(binding) }
        case .commitSet, .undoSet, .cleanupSet, .ping: break
        case .addAgentCapabilities(let identifier, let description):
            writer.name(identifier)
            writer.octetString(description)
        case .removeAgentCapabilities(let identifier): writer.name(identifier)
        case .response(let response):
            writer.number32(response.upTime)
            writer.number16(response.status.rawValue)
            writer.number16(response.index)
            for binding in response.bindings { writer.binding(binding) }
        }
    }

    private func write(_ region: Region, timeout: UInt8, to writer: inout AgentXWriter) {
        writer.byte(timeout)
        writer.byte(region.priority)
        writer.byte(region.rangePlace)
        writer.byte(0)
        writer.name(region.subtree)
        if region.rangePlace != 0 { writer.number32(region.upperBound) }
    }
}

extension AgentXMessage.Body {
    /// The type that the header gives.
    public var type: AgentXHeader.MessageType {
        switch self {
        case .open: .open
        case .close: .close
        case .register: .register
        case .unregister: .unregister
        case .get: .get
        case .getNext: .getNext
        case .getBulk: .getBulk
        case .testSet: .testSet
        case .commitSet: .commitSet
        case .undoSet: .undoSet
        case .cleanupSet: .cleanupSet
        case .notify: .notify
        case .ping: .ping
        case .indexAllocate: .indexAllocate
        case .indexDeallocate: .indexDeallocate
        case .addAgentCapabilities: .addAgentCapabilities
        case .removeAgentCapabilities: .removeAgentCapabilities
        case .response: .response
        }
    }
}
