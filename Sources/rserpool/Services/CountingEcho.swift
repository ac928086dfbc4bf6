import ASAP
import Logging
import SCTPTransport

/// The echo service: answers each message by its number in the session and the message itself.
///
/// The count travels with the user as a cookie. It is sent before the answer and on the same stream, so whoever has the answer has
/// the cookie too: what was acknowledged stays counted when this element fails.
struct CountingEcho: ElementService {
    let logger: Logger

    func serve(_ session: PoolElementSession) async throws {
        var count = 0
        var isFirst = true
        for try await message in session.messages {
            if isFirst {
                isFirst = false
                if let cookie = await session.cookieEcho { count = resume(cookie, session) }
            }
            count += 1
            await session.sendCookie(Self.cookie(count: count))
            try await session.send(MessageLedger.answer(count: count, to: message.bytes), message.header)
        }
    }

    private func resume(_ cookie: [UInt8], _ session: PoolElementSession) -> Int {
        guard let count = Self.count(cookie: cookie) else {
            logger.report(
                EventReport("cookie-invalid", .warning, "was given a cookie that is not one of this service; counts from 0"))
            return 0
        }
        logger.report(
            EventReport(
                "session-resumed", .info, "goes on with the session at count \(count), which its cookie carried",
                ["association": "\(session.association)", "count": "\(count)"]))
        return count
    }

    /// `count=0000000017`: of a length that is a multiple of 4, since there are pool users that are uneasy with others.
    static func cookie(count: Int) -> [UInt8] {
        let digits = String(count)
        let width = digits.count <= 10 ? 10 : (digits.count + 6 + 3) / 4 * 4 - 6
        return Array("count=\(String(repeating: "0", count: width - digits.count))\(digits)".utf8)
    }

    static func count(cookie: [UInt8]) -> Int? {
        let prefix = Array("count=".utf8)
        guard cookie.starts(with: prefix) else { return nil }
        let digits = cookie[prefix.count...]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
