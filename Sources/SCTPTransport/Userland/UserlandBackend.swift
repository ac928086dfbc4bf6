/// SCTP in user space.
enum UserlandBackend {
    static func make(
        _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> any SCTPBackend {
        throw SCTPTransportError(.backendUnavailable, "userland SCTP is not part of this build yet")
    }
}
