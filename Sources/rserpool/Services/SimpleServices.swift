import ASAP
import Foundation
import SCTPTransport

/// Takes messages and answers none (RFC 863).
struct DiscardService: ElementService {
    func serve(_ session: PoolElementSession) async throws {
        for try await _ in session.messages {}
    }
}

/// Answers each message by the date and time, whatever the message says (RFC 867, in its form for datagrams: a session begins
/// with its user's first message, so there is always one to answer).
struct DaytimeService: ElementService {
    func serve(_ session: PoolElementSession) async throws {
        for try await _ in session.messages {
            try await session.send(
                Array(Self.text(Date()).utf8), MessageHeader(payloadProtocol: .daytime))
        }
    }

    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// `Sunday, November 22, 2026 22:26:11-UTC`, the first of the forms that RFC 867 offers.
    static func text(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute, .second], from: date)
        func two(_ number: Int?) -> String { ((number ?? 0) < 10 ? "0" : "") + String(number ?? 0) }
        return "\(days[(parts.weekday ?? 1) - 1]), \(months[(parts.month ?? 1) - 1]) \(parts.day ?? 0), \(parts.year ?? 0) "
            + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))-UTC"
    }
}

/// Sends lines of characters from the first message on until the user closes the session, as fast as it takes them (RFC 864).
struct CharacterGeneratorService: ElementService {
    func serve(_ session: PoolElementSession) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { for try await _ in session.messages {} }
            group.addTask {
                var number = 0
                while true {
                    try await session.send(Self.line(number), MessageHeader(payloadProtocol: .characterGenerator))
                    number = (number + 1) % Self.characters.count
                }
            }
            // The user has closed the session, or it is lost: either way nobody reads any more.
            try await group.next()
            group.cancelAll()
        }
    }

    private static let characters = Array(UInt8(0x20)...UInt8(0x7e))
    private static let lineLength = 72

    /// A line of 72 of the 95 printable characters and its end; each line begins one character later than the one before.
    static func line(_ number: Int) -> [UInt8] {
        (0..<lineLength).map { characters[(number + $0) % characters.count] } + [0x0d, 0x0a]
    }
}
