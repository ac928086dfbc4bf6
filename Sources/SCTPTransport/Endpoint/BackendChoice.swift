import Glibc

/// Which SCTP an endpoint is to use, or what in its place.
public enum SCTPBackendChoice: Sendable {
    /// What the environment variable `RSERPOOL_TRANSPORT` names (`kernel` or `userland`); without it the kernel's SCTP where the
    /// kernel has it, else userland SCTP.
    case automatic
    /// The host's SCTP; an error where it has none.
    case kernel
    /// SCTP in this process, over UDP (RFC 6951).
    case userland
    /// The endpoint must be on the network's loop.
    case simulated(SimulatedNetwork)
    /// TCP, with a framing that makes messages of its bytes.
    case tcp(StreamFraming)
    /// UDP in SCTP's place.
    case udp

    /// The environment variable behind ``automatic``.
    public static let environmentVariable = "RSERPOOL_TRANSPORT"

    /// Reads `automatic`, `kernel` or `userland`; nil for anything else.
    public init?(_ name: String) {
        switch name {
        case "automatic": self = .automatic
        case "kernel": self = .kernel
        case "userland": self = .userland
        default: return nil
        }
    }

    /// Whether this host's kernel has SCTP, found by asking it for a socket (RFC 6458 §3.1.1).
    public static var kernelHasSCTP: Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_SEQPACKET.rawValue), SCTPBackendChoice.protocolNumber)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// SCTP's protocol number (RFC 9260 §1); Glibc's name for it clashes with the C libraries'.
    private static let protocolNumber: CInt = 132

    /// The choice with ``automatic`` decided.
    /// - Throws: ``SCTPTransportError/Code/backendUnavailable`` where the environment names no backend.
    package func decided(environment: String? = SCTPBackendChoice.environment) throws(SCTPTransportError) -> SCTPBackendChoice {
        guard case .automatic = self else { return self }
        guard let environment, !environment.isEmpty, environment != "automatic" else {
            return SCTPBackendChoice.kernelHasSCTP ? .kernel : .userland
        }
        guard let named = SCTPBackendChoice(environment) else {
            throw SCTPTransportError(
                .backendUnavailable,
                "\(SCTPBackendChoice.environmentVariable) is \"\(environment)\"; it may be automatic, kernel or userland")
        }
        return named
    }

    package static var environment: String? {
        unsafe getenv(environmentVariable).map { unsafe String(cString: $0) }
    }

    /// The decided choice's kind; nil for ``automatic``.
    var kind: SCTPBackendKind? {
        switch self {
        case .automatic: nil
        case .kernel: .kernel
        case .userland: .userland
        case .simulated: .simulated
        case .tcp: .tcp
        case .udp: .udp
        }
    }

    /// Makes the backend. On the loop only.
    func makeBackend(
        _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> any SCTPBackend {
        switch self {
        case .automatic:
            return try decided().makeBackend(configuration, on: loop, delegate: delegate)
        case .kernel:
            guard SCTPBackendChoice.kernelHasSCTP else {
                throw SCTPTransportError(
                    .backendUnavailable,
                    "the kernel of this host has no SCTP; load its module (modprobe sctp) or use userland SCTP")
            }
            return try KernelBackend.make(configuration, on: loop, delegate: delegate)
        case .userland:
            #if UserlandSCTP
                return try UserlandBackend.make(configuration, on: loop, delegate: delegate)
            #else
                throw SCTPTransportError(
                    .backendUnavailable,
                    "userland SCTP is not part of this build: build with the package trait UserlandSCTP, or use kernel SCTP")
            #endif
        case .simulated(let network):
            return try network.makeBackend(configuration, on: loop, delegate: delegate)
        case .tcp(let framing):
            return try StreamBackend.make(configuration, framing, on: loop, delegate: delegate)
        case .udp:
            return try DatagramBackend.make(configuration, on: loop, delegate: delegate)
        }
    }
}
