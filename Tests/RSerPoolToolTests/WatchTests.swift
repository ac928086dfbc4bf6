import Foundation
import Testing

@testable import rserpool

/// `resolve --watch` and `--count`.
struct WatchTests {
    private func pool(_ elements: (String, String)...) -> ResolvedPool {
        ResolvedPool(
            pool: "EchoPool", policy: "least-used",
            elements: elements.map { identifier, policy in
                ResolvedPool.Element(
                    identifier: identifier, addresses: ["127.0.0.2:4000"], policy: policy, registrationLife: 300,
                    homeRegistrar: "0x0000000a")
            })
    }

    @Test func eachChangeIsALineWithItsTime() {
        var printer = PoolWatchPrinter(json: false)
        #expect(printer.lines(for: pool(), at: 0) == ["00:00:00.000  EchoPool has no element yet"])
        #expect(
            printer.lines(for: pool(("0x01", "least-used:load=0%"), ("0x02", "least-used:load=0%")), at: 3_600.5) == [
                "01:00:00.500  joined   0x01  127.0.0.2:4000  least-used:load=0%",
                "01:00:00.500  joined   0x02  127.0.0.2:4000  least-used:load=0%",
            ])
        #expect(
            printer.lines(for: pool(("0x02", "least-used:load=5%")), at: 0) == [
                "00:00:00.000  changed  0x02  least-used:load=0% → least-used:load=5%", "00:00:00.000  left     0x01",
            ])
        // Another order is no change.
        #expect(printer.lines(for: pool(("0x02", "least-used:load=5%")), at: 0).isEmpty)
    }

    @Test func thePoolIsATableAtFirst() {
        var printer = PoolWatchPrinter(json: false)
        let first = pool(("0x01", "least-used:load=0%"))
        #expect(printer.lines(for: first, at: 0) == [first.table])
    }

    @Test func aLineOfJSONIsTheWholePool() throws {
        var printer = PoolWatchPrinter(json: true)
        let lines = printer.lines(for: pool(("0x01", "least-used:load=0%")), at: 1.5)
        #expect(lines.count == 1)
        let read = try JSONDecoder().decode(ResolvedPool.self, from: Data(lines[0].utf8))
        #expect(read.time == 1.5)
        #expect(read.elements == pool(("0x01", "least-used:load=0%")).elements)
    }

    @Test func elementsComeAndGo() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.43.1")
        let watcher = try stage.start(
            "watcher", ["resolve", "--watch", "--local", "127.0.43.2", "--registrar", registrar.address])
        _ = try await stage.expect("output", of: "watcher") { $0.message.contains("EchoPool has no element yet") }
        let element = try await stage.element("element", at: "127.0.43.3", registrar.address, "--identifier", "0xab")
        _ = try await stage.expect("output", of: "watcher") {
            $0.message.contains(/^\d\d:\d\d:\d\d\.\d{3}  joined   0x000000ab  127\.0\.43\.3:\d+\S*  round-robin$/)
        }
        element.terminate()
        #expect(try await stage.status(of: element) == 0)
        _ = try await stage.expect("output", of: "watcher") { $0.message.hasSuffix("left     0x000000ab") }
        watcher.terminate()
        #expect(try await stage.status(of: watcher) == 0)
    }

    @Test func asManyElementsAreAskedForAsWanted() async throws {
        let stage = Stage()
        let registrar = try await stage.registrar(at: "127.0.44.1")
        for number in 2...4 { _ = try await stage.element("element \(number)", at: "127.0.44.\(number)", registrar.address) }
        for (count, found) in [("1", 1), ("2", 2), ("9", 3)] {
            let outcome = try await ToolRun([
                "resolve", "--local", "127.0.44.5", "--registrar", registrar.address, "--count", count, "--json", "--transport",
                "userland",
            ]).finish()
            let pool = try JSONDecoder().decode(ResolvedPool.self, from: Data(outcome.output.utf8))
            #expect(pool.elements.count == found)
        }
    }
}
