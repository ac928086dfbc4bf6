/// How a pool user speaks with registrars (RFC 5352 §2.1); pool elements always use SCTP.
public enum RegistrarTransport: String, Hashable, Sendable, CaseIterable {
    /// SCTP, by which registrars can tell of a pool's changes.
    case sctp
    /// TCP, for hosts without SCTP; a question at a time, and no updates.
    case tcp
}
