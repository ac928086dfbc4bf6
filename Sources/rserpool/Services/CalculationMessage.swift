/// A message of rsplib's CalcApp service, as seen on the wire: 24 bytes, of which each type uses some.
struct CalculationMessage: Equatable, Sendable {
    enum Kind: UInt8, Sendable {
        /// From the user: a job's identifier and size.
        case request = 1
        case accept = 2
        case reject = 3
        case abort = 4
        /// From the element: the job is done; size and completed are equal.
        case complete = 5
        case keepAlive = 6
        case keepAliveAcknowledgement = 7
    }

    var kind: Kind
    /// The job's identifier, which its user gives it.
    var job: UInt32
    /// Calculations.
    var size: UInt64 = 0
    /// Calculations done.
    var completed: UInt64 = 0

    private static let length = 24

    init(_ kind: Kind, job: UInt32, size: UInt64 = 0, completed: UInt64 = 0) {
        self.kind = kind
        self.job = job
        self.size = size
        self.completed = completed
    }

    /// Nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, Int(bytes[2]) << 8 | Int(bytes[3]) == Self.length, let kind = Kind(rawValue: bytes[0])
        else { return nil }
        self.init(
            kind, job: UInt32(networkOrder: bytes[4..<8]), size: UInt64(networkOrder: bytes[8..<16]),
            completed: UInt64(networkOrder: bytes[16..<24]))
    }

    var encoded: [UInt8] {
        [kind.rawValue, 0, 0, UInt8(Self.length)] + job.networkOrder + size.networkOrder + completed.networkOrder
    }

    /// The cookie of a job: identifier, size, calculations done.
    static func cookie(job: UInt32, size: UInt64, completed: UInt64) -> [UInt8] {
        job.networkOrder + size.networkOrder + completed.networkOrder
    }

    /// What a cookie tells; nil where it is none of this service.
    static func job(cookie: [UInt8]) -> (job: UInt32, size: UInt64, completed: UInt64)? {
        guard cookie.count == 20 else { return nil }
        let (size, completed) = (UInt64(networkOrder: cookie[4..<12]), UInt64(networkOrder: cookie[12..<20]))
        return completed <= size ? (UInt32(networkOrder: cookie[..<4]), size, completed) : nil
    }
}
