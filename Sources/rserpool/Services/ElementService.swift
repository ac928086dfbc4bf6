import ASAP
import ArgumentParser
import Logging
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// What a pool element of the tool does for its users.
protocol ElementService: Sendable {
    /// Serves one session to its end.
    func serve(_ session: PoolElementSession) async throws
}

/// `--service`.
enum ServiceChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case echo
    case discard
    case daytime
    case chargen
    case pingPong = "ping-pong"
    case calc

    /// The pool in which the service is looked for where nobody names one; those that rsplib's programs also know are named as
    /// they name them.
    var defaultPool: PoolHandle {
        switch self {
        case .echo: "EchoPool"
        case .discard: "DiscardPool"
        case .daytime: "DaytimePool"
        case .chargen: "CharGenPool"
        case .pingPong: "PingPongPool"
        case .calc: "CalcAppPool"
        }
    }

    var defaultPolicy: PolicyParameter {
        switch self {
        case .calc: .leastUsed(load: .idle)
        case .echo, .discard, .daytime, .chargen, .pingPong: .roundRobin
        }
    }

    /// One line for the help text.
    var explanation: String {
        switch self {
        case .echo: "answers each message by its number in the session and itself, '17: text'"
        case .discard: "takes messages and answers none (RFC 863)"
        case .daytime: "answers each message by the date and time, UTC (RFC 867)"
        case .chargen: "sends lines of characters from the first message on, as fast as they are taken (RFC 864)"
        case .pingPong: "answers pings by numbered pongs, as rsplib's ping-pong service; its cookie carries the number"
        case .calc: "models calculations, as rsplib's CalcApp service; its load is the part of its places for jobs in use"
        }
    }

    static var table: String {
        let width = allCases.map(\.rawValue.count).max() ?? 0
        return allCases.map { "  " + Text.padded($0.rawValue, to: width + 2) + $0.explanation }.joined(separator: "\n")
    }
}

/// The payload protocol identifiers of data that the services send, as IANA has registered them (RFC 9260 §15.5's registry).
extension PayloadProtocolIdentifier {
    static let pingPong = PayloadProtocolIdentifier(rawValue: 33)
    static let calculation = PayloadProtocolIdentifier(rawValue: 34)
    static let daytime = PayloadProtocolIdentifier(rawValue: 40)
    static let characterGenerator = PayloadProtocolIdentifier(rawValue: 41)
}
