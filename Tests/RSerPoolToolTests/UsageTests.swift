import Testing

@testable import rserpool

/// Wrong command lines: a sentence that says what is wrong, and status 64.
struct UsageTests {
    @Test(arguments: [
        (["frobnicate"], "frobnicate"),
        (["registrar", "--listen", "localhost"], "names are not looked up"),
        (["registrar", "--listen", "127.0.0.1:70000"], "is no address"),
        (["registrar", "--listen", "239.0.0.1"], "multicast"),
        (["registrar", "--identifier", "0"], "from 1 to 4294967295"),
        (["registrar", "--log-level", "loud"], "'debug', 'info', 'notice', 'warning' or 'error'"),
        (["registrar", "--transport", "tcp"], "auto or kernel or userland"),
        (["element", "--registrar", "127.0.0.1:0"], "port 0"),
        (["element", "--registrar", "0.0.0.0"], "any address"),
        (["element", "--policy", "most-used"], "round-robin weighted-round-robin:weight=3 random"),
        (["element", "--policy", "least-used:weight=3"], "'weight=3' is no value of least-used; write least-used:load=10%."),
        (["element", "--policy", "random:3"], "'3' is no value of random; write random."),
        (["element", "--policy", "least-used:load=101%"], "'101%' is no load: that is 0% to 100%."),
        (["element", "--policy", "least-used:load="], "'' is no load"),
        (["element", "--policy", "LUD:load=1%,load=2%"], "load is given twice"),
        (["element", "--policy", "LUD:1%,2%"], "'2%' is no value of least-used-degradation"),
        (["element", "--policy", "wrr:weight=4294967296"], "0 to 4294967295"),
        (["element", "--life", "0"], "from 1 to"),
        (["element", "--pool", ""], "pool handle"),
        (["user", "--count", "0"], "from 1 to"),
        (["user", "--count", "3", "--to-all"], "neither of --no-failover"),
        (["user", "--to-all", "--no-failover"], "leave --no-failover out"),
        (["user", "--payload-protocol", "11"], "ASAP's own"),
        (["user", "--announce-group", "10.0.0.1"], "no multicast group"),
        (["resolve", "--watch", "--count", "3"], "--watch follows the whole pool"),
        (["resolve", "--registrar-over", "udp"], "'sctp' and 'tcp'"),
        (["decode", "--protocol", "http"], "'asap' and 'enrp'"),
        (["user", "--count", "-5"], "count"),
        (["user", "--interval", "10"], "--count"),
        (["user", "--timeout", "soon"], "seconds"),
        (["resolve", "--registrar", "127.0.0.1:3863/0"], "is no address"),
        (["demo", "--limit", "0"], "from 1 to 3600"),
    ])
    func aWrongValueIsExplained(arguments: [String], sentence: String) async throws {
        let outcome = try await ToolRun(arguments).finish()
        #expect(outcome.status == rserpool.ExitStatus.usage.rawValue)
        #expect(outcome.error.contains(sentence), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: [[], ["registrar"], ["element"], ["user"], ["resolve"], ["decode"], ["demo"]])
    func helpTeaches(command: [String]) async throws {
        let outcome = try await ToolRun(command + ["--help"]).finish()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("USAGE:"))
        #expect(outcome.error.isEmpty)
        if command.isEmpty {
            for status in rserpool.ExitStatus.allCases {
                #expect(outcome.output.contains("\(status.rawValue)  \(status.explanation)"))
            }
        }
    }

    @Test func theVersionIsPrinted() async throws {
        let outcome = try await ToolRun(["--version"]).finish()
        #expect(outcome.status == 0)
        #expect(outcome.output == ToolVersion.text + "\n")
    }
}
