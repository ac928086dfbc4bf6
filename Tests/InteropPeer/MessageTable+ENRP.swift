import ENRP
import RSerPoolParameters

extension SampleMessage {
    /// All ten ENRP messages (RFC 5353 §2) with every flag.
    static func enrp() throws -> [SampleMessage] {
        let sender = Sample.registrar
        let receiver = Sample.peer
        let target = RegistrarIdentifier(rawValue: 0x1111_2222)
        let server = ServerInformationParameter(
            identifier: sender, transport: SCTPTransportParameter(port: 9_901, addresses: [Sample.v4, Sample.v6]))
        let other = ServerInformationParameter(
            identifier: target, transport: SCTPTransportParameter(port: 9_902, addresses: [Sample.v6]), encapsulationPort: 9_900
        )
        let element = Sample.element(home: sender, asapTransport: Sample.asap)
        var messages: [SampleMessage] = []
        func add(_ name: String, _ message: ENRPMessage) throws {
            messages.append(try SampleMessage(name, message))
        }

        let checksum = PEChecksum(rawValue: 0x31f9)
        try add("to nobody", .presence(.init(sender: sender, checksum: checksum, server: server)))
        try add(
            "that requires a reply",
            .presence(.init(isReplyRequired: true, sender: sender, receiver: receiver, checksum: checksum, server: other)))
        try add("for all elements", .handleTableRequest(.init(sender: sender, receiver: receiver)))
        try add("for own children only", .handleTableRequest(.init(ownChildrenOnly: true, sender: sender, receiver: receiver)))
        try add("that rejects", .handleTableResponse(.init(isRejected: true, sender: sender, receiver: receiver)))
        try add(
            "with more to come",
            .handleTableResponse(
                .init(
                    hasMore: true, sender: sender, receiver: receiver,
                    entries: [
                        .init(
                            pool: Sample.pool, elements: [element, Sample.element(home: target, asapTransport: Sample.asap)]),
                        .init(
                            pool: Sample.paddedPool,
                            elements: [
                                Sample.element(home: sender, policy: Sample.policies[1].policy, asapTransport: Sample.asap)
                            ]),
                    ])))
        for (name, policy) in Sample.policies {
            let element = Sample.element(home: sender, policy: policy, asapTransport: Sample.asap)
            try add(
                "that adds an element with \(name)",
                .handleUpdate(.init(sender: sender, receiver: receiver, action: .add, pool: Sample.pool, element: element)))
        }
        for (name, transport) in Sample.transports {
            let element = Sample.element(home: sender, transport: transport, asapTransport: Sample.asap)
            try add(
                "that deletes an element over \(name)",
                .handleUpdate(
                    .init(sender: sender, receiver: receiver, action: .delete, pool: Sample.paddedPool, element: element)))
        }
        try add(
            "that suggests a takeover",
            .handleUpdate(
                .init(
                    suggestsTakeover: true, sender: sender, receiver: receiver, action: .add, pool: Sample.pool,
                    element: element)))
        try add("plain", .listRequest(.init(sender: sender, receiver: receiver)))
        try add("with two servers", .listResponse(.init(sender: sender, receiver: receiver, servers: [server, other])))
        try add("that rejects", .listResponse(.init(isRejected: true, sender: sender, receiver: receiver)))
        try add("plain", .initTakeover(.init(sender: sender, receiver: receiver, target: target)))
        try add("plain", .initTakeoverAcknowledgement(.init(sender: sender, receiver: receiver, target: target)))
        try add("plain", .takeoverServer(.init(sender: sender, receiver: receiver, target: target)))
        for (name, cause) in Sample.causes {
            try add("with \(name)", .error(.init(sender: sender, receiver: receiver, causes: [cause])))
        }
        return messages
    }

    private init(_ name: String, _ message: ENRPMessage) throws {
        let bytes = try message.encoded()
        var fields = ExpectedFields(layer: "enrp")
        fields.add(message)
        self.init(name: "\(message.type) \(name)", payloadProtocol: 12, bytes: bytes, fields: fields)
    }
}

extension ExpectedFields {
    fileprivate mutating func add(_ message: ENRPMessage) {
        var flags: UInt8 = 0
        add("sender_servers_id", message.sender)
        add("receiver_servers_id", message.receiver)

        /// A flag that the dissector has a field for.
        func addFlag(_ field: String, _ bit: UInt8, _ isSet: Bool) {
            add(field, isSet ? 1 : 0)
            if isSet { flags |= bit }
        }
        switch message {
        case .presence(let message):
            addFlag("r_bit", 1, message.isReplyRequired)
            if let checksum = message.checksum { add(checksum) }
            if let server = message.server { add(server) }
        case .handleTableRequest(let message): addFlag("w_bit", 1, message.ownChildrenOnly)
        case .handleTableResponse(let message):
            addFlag("r_bit", 1, message.isRejected)
            addFlag("m_bit", 2, message.hasMore)
            for entry in message.entries {
                add(entry.pool)
                for element in entry.elements { add(element) }
            }
        case .handleUpdate(let message):
            addFlag("t_bit", 1, message.suggestsTakeover)
            add("update_action", message.action.rawValue)
            add("reserved", hexadecimal: 0 as UInt16)
            addBytes(4)
            add(message.pool)
            add(message.element)
        case .listRequest: break
        case .listResponse(let message):
            addFlag("r_bit", 1, message.isRejected)
            for server in message.servers { add(server) }
        case .initTakeover(let message): add("target_servers_id", message.target)
        case .initTakeoverAcknowledgement(let message): add("target_servers_id", message.target)
        case .takeoverServer(let message): add("target_servers_id", message.target)
        case .error(let message): add(message.causes)
        }
        addHeader(type: message.type.rawValue, flags: flags)
    }
}
