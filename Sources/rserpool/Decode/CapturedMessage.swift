import InternetAddresses
import SCTPTransport

/// Which of the two protocols a message is of.
enum MessageProtocol: String, CaseIterable, Codable, Sendable {
    case asap = "ASAP"
    case enrp = "ENRP"

    /// By SCTP's payload protocol identifier (RFC 5352 §8.3, RFC 5353 §7.2).
    init?(_ identifier: UInt32) {
        switch identifier {
        case 11: self = .asap
        case 12: self = .enrp
        default: return nil
        }
    }

    /// By the UDP port that an announcement goes to.
    init?(announcePort port: UInt16) {
        switch port {
        case 3863: self = .asap
        case 9901: self = .enrp
        default: return nil
        }
    }
}

/// A message as it was found in a capture, or given by hand.
struct CapturedMessage: Equatable, Sendable {
    /// The packet with which it was complete.
    var packet: Int?
    var time: Double?
    var source: String?
    var destination: String?
    /// `SCTP`, `SCTP over UDP`, `UDP`, `TCP`.
    var transport: String?
    var stream: UInt16?
    var messageProtocol: MessageProtocol
    var bytes: [UInt8]
}

/// What a packet gave.
enum Finding: Equatable, Sendable {
    case message(CapturedMessage)
    /// A packet, or part of it, could not be read.
    case problem(packet: Int, String)
}
