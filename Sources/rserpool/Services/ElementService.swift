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

    /// What it answers, for the help text.
    var explanation: String {
        switch self {
        case .echo: "each message, after its number in the session: '17: text'"
        case .discard: "nothing (RFC 863)"
        case .daytime: "the date and time, UTC (RFC 867)"
        case .chargen: "lines of characters without end (RFC 864)"
        case .pingPong: "pongs, numbered in the session; for rsplib's pingpongclient"
        case .calc: "the ends of modelled calculations; for rsplib's calcappclient"
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
