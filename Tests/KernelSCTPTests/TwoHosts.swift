import Foundation
import InternetAddresses
import Testing

/// Two network namespaces with two links between them: two hosts with two addresses each, and cables to pull.
struct TwoHosts: ~Copyable {
    let left: String
    let right: String
    /// Link 0 is 10.20.0.0/24 and fd20::/64, link 1 is 10.21.0.0/24 and fd21::/64; left is 1 and right 2.
    let links = 2

    /// - Parameter name: tells the hosts of one test from those of others.
    init(_ name: String) throws {
        left = "\(name)-left"
        right = "\(name)-right"
        for host in [left, right] {
            try run("netns", "add", host)
            try run("-n", host, "link", "set", "lo", "up")
        }
        for link in 0..<links {
            let device = "link\(link)"
            try run("-n", left, "link", "add", device, "type", "veth", "peer", "name", device, "netns", right)
            for (host, number) in [(left, 1), (right, 2)] {
                try run("-n", host, "address", "add", "10.2\(link).0.\(number)/24", "dev", device)
                try run("-n", host, "address", "add", "fd2\(link)::\(number)/64", "dev", device, "nodad")
                try run("-n", host, "link", "set", device, "up")
            }
        }
    }

    func address(_ host: Int, link: Int) throws -> IPAddress {
        try #require(IPAddress("10.2\(link).0.\(host)"))
    }

    func addresses(_ host: Int) throws -> [IPAddress] {
        try (0..<links).map { try address(host, link: $0) }
    }

    /// Pulls a cable in such a way that neither host notices: packets vanish.
    func pull(_ link: Int) throws {
        for host in [left, right] { try tc(host, "add", link) }
    }

    func plug(_ link: Int) throws {
        for host in [left, right] { try tc(host, "del", link) }
    }

    private func tc(_ host: String, _ verb: String, _ link: Int) throws {
        var arguments = ["-n", host, "qdisc", verb, "dev", "link\(link)", "root"]
        if verb == "add" { arguments += ["netem", "loss", "100%"] }
        try launch("/sbin/tc", arguments)
    }

    private func run(_ arguments: String...) throws {
        try launch("/sbin/ip", arguments)
    }

    private func launch(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments) failed")
    }

    deinit {
        try? run("netns", "delete", left)
        try? run("netns", "delete", right)
    }
}
