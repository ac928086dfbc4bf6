import Testing

@testable import rserpool

struct CountingEchoTests {
    @Test(arguments: [0, 1, 17, 9_999_999_999, 10_000_000_000, .max])
    func cookiesCarryTheCount(count: Int) {
        let cookie = CountingEcho.cookie(count: count)
        #expect(CountingEcho.count(cookie: cookie) == count)
        #expect(cookie.count.isMultiple(of: 4))
    }

    @Test(arguments: ["", "count", "count=", "count=-1", "count=x", "Count=1", "count=1 ", "count=99999999999999999999999"])
    func otherCookiesAreNone(cookie: String) {
        #expect(CountingEcho.count(cookie: Array(cookie.utf8)) == nil)
    }
}
