/// The kernel's SCTP.
enum KernelBackend {
    /// Binds a socket and starts listening, if the configuration asks for it. On the loop only.
    /// - Throws: `backendUnavailable`, `addressInUse`, `addressNotAvailable`, `invalidConfiguration`, `system`.
    static func make(
        _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> any SCTPBackend {
        let socket = try makeSocket(configuration)
        return try KernelEndpoint(configuration, socket: socket, on: loop, delegate: delegate)
    }
}
