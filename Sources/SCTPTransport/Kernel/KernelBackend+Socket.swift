import CKernelSCTP
import Glibc
import InternetAddresses

/// Making sockets.
extension KernelBackend {
    /// What the kernel charges for a message beyond its bytes, roughly.
    static let messageOverhead = 1024
    /// Kernel memory for sending that an endpoint asks for at least, in bytes: it is shared by all its associations.
    static let minimumSendBuffer = 1_048_576
    /// Kernel memory for receiving at least, in bytes: half of it is the window, of which the kernel announces an opening only
    /// when it is as large as a packet, on a loopback interface 65,536 bytes.
    static let minimumReceiveBuffer = 524_288

    static func makeSocket(_ configuration: SCTPEndpointConfiguration) throws(SCTPTransportError) -> KernelSocket {
        let socket = try openSocket(configuration)
        try bind(socket, configuration)
        let available = socket.sendMemory.limit
        // The kernel refuses a message that is longer than all of its memory for sending.
        guard available > configuration.maximumMessageSize else {
            throw SCTPTransportError(
                .invalidConfiguration,
                "messages of \(configuration.maximumMessageSize) bytes need more than the \(available) bytes that this host "
                    + "lets a socket send; raise net.core.wmem_max, or lower maximumMessageSize")
        }
        try check(
            socket.setTiming(
                configuration.timing,
                associationRetransmissions: configuration.timing.maximumAssociationRetransmissions, of: 0),
            "time-outs cannot be set")
        try check(setInitiation(configuration.timing, streams: configuration.streams, of: socket), "streams cannot be set")
        if configuration.isListening {
            try check(kernel_sctp_listen(socket.descriptor, true), "an SCTP socket cannot listen")
        }
        return socket
    }

    static func setInitiation(_ timing: SCTPTiming, streams: UInt16, of socket: KernelSocket) -> CInt {
        kernel_sctp_set_initiation(
            socket.descriptor, streams, timing.maximumInitRetransmissions,
            UInt16(clamping: timing.maximumRetransmissionTimeout.wholeMillisecondsRoundedUp))
    }

    /// One IPv6 socket serves both families, unless only addresses of one family are to be bound: then peers must not be
    /// offered paths of the other.
    private static func openSocket(_ configuration: SCTPEndpointConfiguration) throws(SCTPTransportError) -> KernelSocket {
        let addresses = configuration.localAddresses
        let hasIPv4 = addresses.contains { $0.family == .ipv4 }
        let hasIPv6 = addresses.contains { $0.family == .ipv6 }
        let isOnlyIPv6 = hasIPv6 && !hasIPv4 && !addresses.contains(.anyIPv6)
        let sendBuffer = max(minimumSendBuffer, 2 * (configuration.sendQueueLimit + messageOverhead))
        func open(_ family: IPAddress.Family) throws(SystemError) -> KernelSocket {
            try KernelSocket(
                family: family, isOnlyIPv6: family == .ipv6 && isOnlyIPv6, sendBuffer: sendBuffer,
                receiveBuffer: max(minimumReceiveBuffer, 2 * configuration.receiveQueueLimit))
        }
        do throws(SystemError) {
            guard hasIPv6 || addresses.isEmpty else { return try open(.ipv4) }
            do throws(SystemError) {
                return try open(.ipv6)
            } catch {
                guard error.number == EAFNOSUPPORT, !hasIPv6 else { throw error }
                return try open(.ipv4)
            }
        } catch {
            switch error.number {
            case EPROTONOSUPPORT, ESOCKTNOSUPPORT:
                throw SCTPTransportError(
                    .backendUnavailable,
                    "the kernel of this host has no SCTP; load its module (modprobe sctp) or use userland SCTP")
            case EAFNOSUPPORT:
                throw SCTPTransportError(
                    .addressNotAvailable, "this host has no IPv6, so \(addresses) cannot be bound; choose IPv4 addresses")
            default:
                throw SCTPTransportError(
                    .system(error.number), "an SCTP socket cannot be had: \(SCTPTransportError.text(of: error.number))")
            }
        }
    }

    private static func bind(
        _ socket: KernelSocket, _ configuration: SCTPEndpointConfiguration
    ) throws(SCTPTransportError) {
        var addresses = configuration.localAddresses
        if addresses.isEmpty {
            addresses = [.anyIPv6]
            // A socket for IPv4 alone does not take an IPv6 address.
            if socket.bind(SCTPAddress(.anyIPv6, port: configuration.port)) == 0 { return }
            addresses = [.anyIPv4]
        }
        var port = configuration.port
        for address in addresses {
            let result = socket.bind(SCTPAddress(address, port: port))
            guard result == 0 else {
                // The kernel's word for a scoped address without its scope, and for an address beside the wildcard.
                guard result != -EINVAL else {
                    throw SCTPTransportError(
                        .addressNotAvailable,
                        "\(SCTPAddress(address, port: port)) cannot be bound: link-local addresses and the wildcard beside others "
                            + "cannot; choose global addresses")
                }
                throw .binding("\(SCTPAddress(address, port: port))", -result)
            }
            if port == 0 { port = UInt16(clamping: kernel_sctp_port(socket.descriptor)) }
        }
    }

    private static func check(_ result: CInt, _ what: String) throws(SCTPTransportError) {
        guard result < 0 else { return }
        throw SCTPTransportError(.system(-result), "\(what): \(SCTPTransportError.text(of: -result))")
    }
}
