/// The kernel's SCTP.
enum KernelBackend {
    static func make(
        _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> any SCTPBackend {
        throw SCTPTransportError(.backendUnavailable, "kernel SCTP is not part of this build yet")
    }
}
