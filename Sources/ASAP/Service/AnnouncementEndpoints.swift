import SCTPTransport

extension RegistrarList {
    /// Opens an endpoint for each group whose announcements are taken.
    /// - Throws: `SCTPTransportError` where none of them can be opened; one that cannot, such as one of an address family that
    ///   the host does not have, is no failure beside one that can.
    func openAnnouncementEndpoints(
        backend: SCTPBackendChoice, on loop: EventLoop
    ) async throws(SCTPTransportError) -> [MulticastEndpoint] {
        var opened: [MulticastEndpoint] = []
        var failure: SCTPTransportError?
        for group in announcements {
            do throws(SCTPTransportError) {
                opened.append(try await MulticastEndpoint.open(group, backend: backend, on: loop))
            } catch {
                failure = failure ?? error
            }
        }
        if let failure, opened.isEmpty { throw failure }
        return opened
    }
}
