import ASAP
import SCTPTransport

/// The endpoints of a registrar that runs.
struct OpenedEndpoints: Sendable {
    var asap: SCTPEndpoint
    var tcp: SCTPEndpoint?
    var enrp: SCTPEndpoint?
    var asapGroups: [MulticastEndpoint] = []
    var enrpGroups: [MulticastEndpoint] = []

    /// Opens all of them, or none.
    static func open(
        _ endpoints: RegistrarEndpoints, backend: SCTPBackendChoice, on loop: EventLoop
    ) async throws(SCTPTransportError) -> OpenedEndpoints {
        var opened = OpenedEndpoints(asap: try await SCTPEndpoint.open(endpoints.asap, backend: backend, on: loop))
        do throws(SCTPTransportError) {
            if let enrp = endpoints.enrp {
                opened.enrp = try await SCTPEndpoint.open(enrp, backend: backend, on: loop)
            }
            if let tcp = endpoints.asapOverTCP {
                opened.tcp = try await SCTPEndpoint.open(tcp, backend: .asapOverTCP(beside: backend), on: loop)
            }
            for group in endpoints.asapAnnouncements {
                opened.asapGroups.append(try await MulticastEndpoint.open(group, backend: backend, on: loop))
            }
            for group in endpoints.enrpAnnouncements {
                opened.enrpGroups.append(try await MulticastEndpoint.open(group, backend: backend, on: loop))
            }
            return opened
        } catch {
            await opened.close(within: .zero)
            throw error
        }
    }

    /// Shuts down all associations of all endpoints at once, and leaves the groups.
    func close(within limit: Duration) async {
        for group in asapGroups + enrpGroups { await group.close() }
        async let asap: Void = asap.close(within: limit)
        async let enrp: Void? = enrp?.close(within: limit)
        async let tcp: Void? = tcp?.close(within: limit)
        _ = await (asap, enrp, tcp)
    }
}

extension SCTPBackendChoice {
    /// What carries ASAP over TCP: TCP, or the simulated network where that carries SCTP.
    static func asapOverTCP(beside backend: SCTPBackendChoice) -> SCTPBackendChoice {
        if case .simulated = backend { backend } else { .tcp(.asap) }
    }
}
