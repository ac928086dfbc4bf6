/// How a pool user speaks with registrars (RFC 5352 §2.1); pool elements always use SCTP.
public enum RegistrarTransport: String, Hashable, Sendable, CaseIterable {
    case sctp
    case tcp
}
