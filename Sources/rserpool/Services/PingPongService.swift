import ASAP
import Logging
import SCTPTransport

/// Answers pings by pongs that are numbered in the session; the number survives the element by the cookie.
///
/// Compatible with rsplib's `pingpongclient` and `rspserver -pingpong` by observation, cookie included: a session may go over from
/// an element of theirs to this one and back.
struct PingPongService: ElementService {
    let logger: Logger

    func serve(_ session: PoolElementSession) async throws {
        var next: UInt64 = 1
        if let cookie = await session.cookieEcho {
            next = resume(cookie, session) ?? next
        }
        for try await message in session.messages {
            guard case .ping(let number, let data) = PingPongMessage(message.bytes),
                let pong = PingPongMessage.pong(number: number, reply: next, data: data).encoded
            else {
                logger.report(
                    EventReport("no-ping", .debug, "got a message that is no ping", ["association": "\(session.association)"]))
                continue
            }
            next += 1
            // Before the answer and on its stream, so that whoever has the answer has the cookie too.
            await session.sendCookie(Self.cookie(next: next))
            try await session.send(pong, MessageHeader(payloadProtocol: .pingPong))
        }
    }

    private func resume(_ cookie: [UInt8], _ session: PoolElementSession) -> UInt64? {
        guard let next = Self.next(cookie: cookie) else {
            logger.report(
                EventReport("cookie-invalid", .warning, "was given a cookie that is not one of this service; counts from 1"))
            return nil
        }
        logger.report(
            EventReport(
                "session-resumed", .info, "goes on with the session at answer \(next), which its cookie carried",
                ["association": "\(session.association)", "count": "\(next - 1)"]))
        return next
    }

    private static let cookieMark = Array("<PP-TD1>".utf8)

    /// A mark and the number of the next answer.
    static func cookie(next: UInt64) -> [UInt8] {
        cookieMark + next.networkOrder
    }

    static func next(cookie: [UInt8]) -> UInt64? {
        guard cookie.count == 16, cookie.starts(with: cookieMark) else { return nil }
        let next = UInt64(networkOrder: cookie[8...])
        // 0 is no answer's number, and the greatest one has no successor.
        return (1..<UInt64.max).contains(next) ? next : nil
    }
}
