import ASAP
import RSerPoolParameters

extension SampleMessage {
    /// All fourteen ASAP messages (RFC 5352 §2.2), with every flag, every policy and transport in a registration and every cause in an
    /// error.
    static func asap() throws -> [SampleMessage] {
        var messages: [SampleMessage] = []
        func add(_ name: String, _ message: ASAPMessage) throws {
            messages.append(try SampleMessage(name, message))
        }

        for (name, transport) in Sample.transports {
            try add(
                "of an element over \(name)",
                .registration(.init(pool: Sample.pool, element: Sample.element(transport: transport))))
        }
        for (name, policy) in Sample.policies {
            try add("with \(name)", .registration(.init(pool: Sample.pool, element: Sample.element(policy: policy))))
        }
        let full = Sample.element(
            home: Sample.registrar, life: .infinite, asapTransport: Sample.asap, encapsulationPort: 9_900)
        try add("with all that an element can have", .registration(.init(pool: Sample.paddedPool, element: full)))

        try add("plain", .deregistration(.init(pool: Sample.paddedPool, identifier: Sample.identifier)))
        try add("that grants", .registrationResponse(.init(pool: Sample.pool, identifier: Sample.identifier)))
        try add(
            "that rejects",
            .registrationResponse(
                .init(isRejected: true, pool: Sample.pool, identifier: Sample.identifier, causes: [.lackOfResources])))
        try add("that grants", .deregistrationResponse(.init(pool: Sample.pool, identifier: Sample.identifier)))
        try add(
            "with a cause",
            .deregistrationResponse(
                .init(pool: Sample.pool, identifier: Sample.identifier, causes: [.unknownPoolHandle])))

        try add("plain", .handleResolution(.init(pool: Sample.pool)))
        try add("that asks for updates", .handleResolution(.init(wantsUpdates: true, pool: Sample.paddedPool)))
        try add(
            "with the option", .handleResolution(.init(pool: Sample.pool, option: HandleResolutionOption(items: 17))))
        try add(
            "with two elements",
            .handleResolutionResponse(
                .init(
                    promisesUpdates: true, pool: Sample.pool, policy: Sample.policies[0].policy,
                    elements: [full, Sample.element(transport: Sample.transports[1].transport)])))
        try add(
            "without elements", .handleResolutionResponse(.init(pool: Sample.pool, policy: Sample.policies[5].policy)))
        try add(
            "with a cause",
            .handleResolutionResponse(.init(pool: Sample.paddedPool, causes: [.unknownPoolHandle])))

        try add("plain", .endpointKeepAlive(.init(server: Sample.registrar, pool: Sample.pool)))
        try add(
            "that claims the home, with an identifier",
            .endpointKeepAlive(
                .init(claimsHome: true, server: Sample.registrar, pool: Sample.pool, identifier: Sample.identifier)))
        try add("plain", .endpointKeepAliveAcknowledgement(.init(pool: Sample.pool, identifier: Sample.identifier)))
        try add("plain", .endpointUnreachable(.init(pool: Sample.pool, identifier: Sample.identifier)))
        try add("without transports", .serverAnnounce(.init(server: Sample.registrar)))
        try add(
            "with transports",
            .serverAnnounce(
                .init(
                    server: Sample.registrar,
                    transports: [.sctp(Sample.sctp), .tcp(TCPTransportParameter(port: 3_863, address: Sample.v4))])))
        try add("of 9 bytes", .cookie(.init(cookie: Cookie([1, 2, 3, 4, 5, 6, 7, 8, 9]))))
        try add("of 1,000 bytes", .cookieEcho(.init(cookie: Cookie([UInt8](repeating: 0xc0, count: 1_000)))))
        try add("with two elements", .businessCard(.init(pool: Sample.pool, elements: [full, Sample.element()])))
        for (name, cause) in Sample.causes {
            try add("with \(name)", .error(.init(causes: [cause])))
        }
        try add("with all causes", .error(.init(causes: Sample.causes.map(\.cause))))
        return messages
    }

    private init(_ name: String, _ message: ASAPMessage) throws {
        let bytes = try message.encoded()
        var fields = ExpectedFields(layer: "asap")
        fields.add(message)
        self.init(name: "\(message.type) \(name)", payloadProtocol: 11, bytes: bytes, fields: fields)
    }
}

extension ExpectedFields {
    fileprivate mutating func add(_ message: ASAPMessage) {
        var flags: UInt8 = 0
        // The flags that the dissector has fields for; it shows the others as a number only.
        var flagField: (name: String, isSet: Bool)?
        switch message {
        case .registration(let message):
            add(message.pool)
            add(message.element)
        case .deregistration(let message):
            add(message.pool)
            add(message.identifier)
        case .registrationResponse(let message):
            flags = message.isRejected ? 1 : 0
            flagField = ("r_bit", message.isRejected)
            add(message.pool)
            add(message.identifier)
            add(message.causes)
        case .deregistrationResponse(let message):
            add(message.pool)
            add(message.identifier)
            add(message.causes)
        case .handleResolution(let message):
            flags = message.wantsUpdates ? 1 : 0
            add(message.pool)
            if let option = message.option { add(option) }
        case .handleResolutionResponse(let message):
            flags = message.promisesUpdates ? 1 : 0
            add(message.pool)
            if let policy = message.policy { add(policy) }
            for element in message.elements { add(element) }
            add(message.causes)
        case .endpointKeepAlive(let message):
            flags = message.claimsHome ? 1 : 0
            flagField = ("h_bit", message.claimsHome)
            add("server_identifier", message.server)
            add(message.pool)
            if let identifier = message.identifier { add(identifier) }
        case .endpointKeepAliveAcknowledgement(let message):
            add(message.pool)
            add(message.identifier)
        case .endpointUnreachable(let message):
            add(message.pool)
            add(message.identifier)
        case .serverAnnounce(let message):
            add("server_identifier", message.server)
            for transport in message.transports {
                switch transport {
                case .sctp(let transport): add(transport)
                case .tcp(let transport): add(.tcp(transport))
                }
            }
        case .cookie(let message): add(message.cookie)
        case .cookieEcho(let message): add(message.cookie)
        case .businessCard(let message):
            add(message.pool)
            for element in message.elements { add(element) }
        case .error(let message): add(message.causes)
        }
        addHeader(type: message.type.rawValue, flags: flags)
        if let (name, isSet) = flagField { add(name, isSet ? 1 : 0) }
    }
}
