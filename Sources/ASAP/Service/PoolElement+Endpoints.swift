import InternetAddresses
import RSerPoolParameters
public import SCTPTransport

/// How pool users reach an element (RFC 5352 §2.1). Registrars are always spoken with over SCTP, from the same addresses (§3.1,
/// R1). Over TCP and UDP there is no control channel: no cookies and no business cards.
public enum ElementTransport: Hashable, Sendable {
    /// SCTP, with a control channel beside the data.
    case sctp
    /// TCP at a port, 0 for a free one. What a pool user sends is a stream of bytes, in pieces of any length, unless the framing
    /// of both sides makes messages of it; see ``PoolUserConfiguration/streamFraming``.
    case tcp(port: UInt16 = 0, framing: StreamFraming = .bytes)
    /// UDP at a port, 0 for a free one: a message is a datagram, and may be lost. A session is what comes from one address and
    /// port, and ends when nothing has for a while.
    case udp(port: UInt16 = 0)
}

extension SCTPBackendChoice {
    /// TCP beside an SCTP; in a simulated network, its stand-in.
    func tcp(_ framing: StreamFraming) -> SCTPBackendChoice {
        if case .simulated = self { self } else { .tcp(framing) }
    }

    /// UDP beside an SCTP; in a simulated network, its stand-in.
    var udpBeside: SCTPBackendChoice {
        if case .simulated = self { self } else { .udp }
    }
}

extension PoolElement {
    /// Opens everything that the element lives on, or nothing.
    /// - Returns: what the element registers.
    func openEndpoints(
        towards registrar: IPAddress
    ) async throws(SCTPTransportError) -> (parameter: UserTransport, encapsulationPort: UInt16?) {
        do throws(SCTPTransportError) {
            announcements = try await registrars.openAnnouncementEndpoints(backend: backend, on: loop)
            let endpoint = try await SCTPEndpoint.open(endpointConfiguration, backend: backend, on: loop)
            self.endpoint = endpoint
            controlEndpoint = try await SCTPEndpoint.open(
                endpointConfiguration.forControl(isListening: true), backend: backend, on: loop)
            guard let own = PoolElement.userTransport(of: endpoint, towards: registrar),
                let address = own.parameter.addresses.first
            else {
                throw SCTPTransportError(
                    .noRoute,
                    "The host has no route to registrar \(registrar); give the address to bind, or check the network.")
            }
            switch transport {
            case .sctp:
                return (.sctp(own.parameter), own.encapsulationPort)
            case .tcp(let port, let framing):
                let port = try await openDataEndpoint(at: address, port, backend.tcp(framing))
                return (.tcp(TCPTransportParameter(port: port, address: address)), nil)
            case .udp(let port):
                let port = try await openDataEndpoint(at: address, port, backend.udpBeside)
                return (.udp(UDPTransportParameter(port: port, address: address)), nil)
            }
        } catch {
            await closeEndpoints(within: .zero)
            throw error
        }
    }

    /// - Returns: the port in use.
    private func openDataEndpoint(
        at address: IPAddress, _ port: UInt16, _ backend: SCTPBackendChoice
    ) async throws(SCTPTransportError) -> UInt16 {
        var configuration = endpointConfiguration
        configuration.localAddresses = [address]
        configuration.port = port
        configuration.encapsulationPort = nil
        configuration.channel = .data
        let opened = try await SCTPEndpoint.open(configuration, backend: backend, on: loop)
        dataEndpoint = opened
        return opened.localAddresses.first?.port ?? port
    }

    /// The endpoint that an association is on.
    func endpoint(of association: AssociationIdentifier) -> SCTPEndpoint? {
        association.channel == .data ? dataEndpoint : endpoint
    }

    func closeEndpoints(within limit: Duration) async {
        await dataEndpoint?.close(within: limit)
        await endpoint?.close(within: limit)
        await controlEndpoint?.close(within: limit)
        for endpoint in announcements { await endpoint.close() }
        announcements = []
    }

    /// What an element on this endpoint registers: every address it is bound to, or where that is any, the one towards a
    /// registrar; the encapsulation port only where it is not the registered one, which needs no telling.
    static func userTransport(
        of endpoint: SCTPEndpoint, towards registrar: IPAddress
    ) -> (parameter: SCTPTransportParameter, encapsulationPort: UInt16?)? {
        let local = endpoint.localAddresses
        guard let first = local.first else { return nil }
        var addresses: [IPAddress] = []
        for address in local {
            let own = address.ip.isUnspecified ? LocalRoute.address(towards: registrar) : address.ip
            if let own, !addresses.contains(own) { addresses.append(own) }
        }
        guard !addresses.isEmpty else { return nil }
        return (
            SCTPTransportParameter(port: first.port, use: .dataPlusControl, addresses: addresses),
            endpoint.capabilities.contains(.udpEncapsulation) ? first.unusualEncapsulationPort : nil
        )
    }
}
