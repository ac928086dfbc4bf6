/// What the tool's exit status means; numbers of 64 and above as in `sysexits.h`.
enum ExitStatus: Int32, CaseIterable {
    /// All was done.
    case success = 0
    /// The work went wrong: a check of the demonstration failed, or messages stayed unacknowledged.
    case failure = 1
    /// A wrong option or value.
    case usage = 64
    /// The input is not what it must be, for example a line longer than a message may be.
    case inputData = 65
    /// No route to an address.
    case noRoute = 68
    /// No registrar answers, the pool has no element, or the wanted SCTP is not to be had here.
    case unavailable = 69
    /// A fault of this program.
    case software = 70
    /// The operating system refused.
    case system = 71
    /// A local address or port could not be had.
    case cannotBind = 73
    /// Not done within the time allowed; worth trying again.
    case timedOut = 75
    /// Ended by SIGINT before the work was done.
    case interrupted = 130

    /// One line for the help text.
    var explanation: String {
        switch self {
        case .success: "done"
        case .failure: "a check failed, or messages stayed unacknowledged"
        case .usage: "a wrong option or value"
        case .inputData: "the input is not what it must be"
        case .noRoute: "no route to an address"
        case .unavailable: "no registrar answers, the pool is empty, or no such SCTP on this host"
        case .software: "a fault of this program"
        case .system: "the operating system refused"
        case .cannotBind: "a local address or port could not be had"
        case .timedOut: "not done within the time allowed"
        case .interrupted: "interrupted before the work was done"
        }
    }

    /// The table of the help text.
    static var table: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return "  " + String(repeating: " ", count: 3 - number.count) + number + "  " + status.explanation
        }.joined(separator: "\n")
    }
}
