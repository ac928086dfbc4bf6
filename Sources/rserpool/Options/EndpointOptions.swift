import ASAP
import InternetAddresses
import SCTPTransport

extension AddressOption {
    /// An endpoint bound to this address.
    func endpoint(_ transport: TransportOptions) -> SCTPEndpointConfiguration {
        let address = address
        var configuration = SCTPEndpointConfiguration(localAddresses: [address.ip], port: address.port)
        configuration.encapsulationPort = address.encapsulationPort
        configuration.timing = transport.timing.timing
        return configuration
    }
}

extension PoolUserConfiguration {
    /// RFC 5352's values, but done or given up within a time.
    /// - Parameters:
    ///   - elements: how many to ask for; nil leaves it to the registrar.
    ///   - transport: how registrars are reached.
    static func tool(
        timeout seconds: Int, elements: UInt32? = nil, over transport: RegistrarTransport = .sctp
    ) throws(ConfigurationError) -> PoolUserConfiguration {
        let timeout = Duration.seconds(seconds)
        return try PoolUserConfiguration(
            requestTimeout: min(standard.requestTimeout, timeout / (1 + standard.maximumRequestRetransmissions)),
            requestedElements: elements, registrarTransport: transport,
            serverHunt: try ServerHuntConfiguration(
                serverHuntTimeout: min(ServerHuntConfiguration.standard.serverHuntTimeout, timeout), timeLimit: timeout),
            failoverTimeLimit: timeout)
    }
}

extension ToolFailure {
    /// What a library threw, as a failure of the tool.
    init(_ error: any Error) {
        switch error {
        case let failure as ToolFailure: self = failure
        case let error as SCTPTransportError: self.init(error)
        case let error as ConfigurationError: self.init(.usage, error.description)
        case let failure as RegistrationFailure: self.init(.unavailable, failure.description)
        case let failure as ResolutionFailure: self.init(failure)
        case .resolution(let failure) as PoolUserSessionFailure: self.init(failure)
        case let failure as PoolUserSessionFailure: self.init(.unavailable, failure.description)
        default: self.init(.software, "\(error)")
        }
    }

    private init(_ failure: ResolutionFailure) {
        let status: ExitStatus =
            switch failure {
            case .unknownPool, .rejected, .noRegistrar, .noAnswer, .tooManyRequests, .tooManySubscriptions: .unavailable
            case .doesNotFit: .usage
            }
        self.init(status, failure.description)
    }
}
