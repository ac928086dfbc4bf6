import InternetAddresses
import SCTPTransport

/// One of the demonstration's registrars.
struct DemoRegistrar: Sendable {
    /// `registrar 1`.
    var name: String
    /// Where it listens for elements and users, and for registrars.
    var address: String
    var peerAddress: String
    /// Its process, the last one where it was started again.
    private(set) var processes: [DemoProcess] = []
    /// The registrar identifier of that process.
    var identifier = ""
    var isUserland = false

    init(name: String, address: String, peerAddress: String) {
        self.name = name
        self.address = address
        self.peerAddress = peerAddress
    }

    /// Traps before the registrar has been started.
    var process: DemoProcess { processes[processes.count - 1] }

    mutating func run(_ process: DemoProcess) {
        processes.append(process)
    }
}

/// The registrars: how they come, go and come again.
extension DemoStory {
    private static let ports = (asap: UInt16(3863), enrp: UInt16(9901))

    /// Starts a registrar, and waits until it listens.
    private func startRegistrar(_ number: Int, knowing others: [DemoRegistrar]) async throws {
        let registrar = registrars[number]
        let arguments =
            ["registrar", "--listen", registrar.address, "--listen-peers", registrar.peerAddress]
            + others.flatMap { ["--peer", $0.peerAddress] }
        // The time-outs of a local network, with presences often enough that agreement is soon seen.
        let process = try start(registrar.name, arguments + ["--profile", "lan", "--heartbeat-cycle", "0.5"])
        let listening = try await expect("listening", of: process, "\(registrar.name) listens")
        registrars[number].isUserland = listening.fields["transport"] == "userland"
        registrars[number].run(process)
        registrars[number].identifier = try field("registrar", of: listening)
        registrars[number].address = try field("address", of: listening)
        registrars[number].peerAddress = try field("peer-address", of: listening)
        await journal.name(registrars[number].identifier, "\(number + 1)")
    }

    /// Waits until a registrar serves, with so many elements that its mentor gave it.
    private func expectService(_ number: Int, elements: Int) async throws {
        let name = registrars[number].name
        let begun = try await expect("service-begun", of: registrars[number].process, "\(name) serves")
        let found = try self.number("elements", of: begun)
        try require(found == elements, "\(name) got \(found) elements from its mentor, not \(elements)")
    }

    func startFirstRegistrar() async throws {
        registrars = [
            DemoRegistrar(name: "registrar 1", address: "127.0.0.1", peerAddress: "127.0.0.1:\(Self.ports.enrp)")
        ]
        try await startRegistrar(0, knowing: [])
        if registrars[0].address.contains("/") {
            await journal.note(
                "note", "UDP port 9899 at 127.0.0.1 is taken by another program; all works with the other one", of: "demo")
        }
        try await findPlaces()
    }

    /// Finds out where the other registrars can be before they start, for the elements and the user are to know them from the
    /// beginning. In userland SCTP each has a UDP port that nobody else has: another demonstration may run beside this one.
    private func findPlaces() async throws {
        for (number, ip) in [(2, IPAddress.v4(0x7f00_0008)), (3, .v4(0x7f00_0009))] {
            var port: UInt16?
            if registrars[0].isUserland {
                var configuration = SCTPEndpointConfiguration(localAddresses: [ip], port: 0)
                configuration.encapsulationPort = 0
                let endpoint = try await SCTPEndpoint.open(configuration, backend: .userland)
                port = endpoint.localAddresses.first?.encapsulationPort
                await endpoint.close(within: .seconds(1))
            }
            registrars.append(
                DemoRegistrar(
                    name: "registrar \(number)",
                    address: "\(SCTPAddress(ip, port: Self.ports.asap, encapsulationPort: port))",
                    peerAddress: "\(SCTPAddress(ip, port: Self.ports.enrp, encapsulationPort: port))"))
        }
    }

    /// The other two start, and get the handlespace (RFC 5353 §3.2).
    func joinRegistrars() async throws {
        for number in [1, 2] {
            try await startRegistrar(number, knowing: Array(registrars[..<number]))
            try await expectService(number, elements: 3)
        }
        checks.append("registrars 2 and 3 got the three elements from a mentor before they served")
        try await expectPool(["A", "B", "C"], at: [0, 1, 2], by: "all three registrars name the same three elements")
        try await expectMessages("while registrars join")
    }

    /// The home of the elements and of the user is killed: hunt (RFC 5352 §3.6) and takeover (RFC 5353 §3.5).
    func killRegistrar() async throws {
        let victim = registrars[0]
        let others = registrars[1...].map(\.process)
        await journal.note(
            "kill",
            "sends SIGKILL to registrar 1 (process \(victim.process.processIdentifier)), the home of the elements and the user",
            of: "demo")
        let killed = await journal.now
        victim.process.kill()

        // Either the element notices first and looks for another registrar, or the registrars do and one of them comes to it.
        for name in ["element A", "element B"] {
            let home = try await expectAny(
                of: [try process(name)], "\(name) has another registrar",
                where: { $0.time > killed && ["registrar-found", "registrar-adopted"].contains($0.event) })
            let way = home.event == "registrar-found" ? "found another registrar" : "was taken over"
            checks.append("\(name) \(way) \(Text.seconds(home.time - killed)) s after its registrar was killed")
        }
        let won = try await expect("takeover-won", ofAny: others, "a registrar took over registrar 1") {
            $0.fields["peer"] == victim.identifier
        }
        checks.append("\(won.who) took over registrar 1 \(Text.seconds(won.time - killed)) s after the kill")
        let winner = registrars.first { $0.process.number == won.process }?.identifier
        let adopted = try await expect(
            "registrar-adopted", of: try process("element C"), "element C was told of its new home")
        try require(
            try field("registrar", of: adopted) == winner, "element C follows another registrar than the one that took over")
        checks.append("element C, which knows no registrar but registrar 1, follows \(won.who)")
        try await expectPool(["A", "B", "C"], at: [1, 2], by: "the two registrars left still name the three elements")
        try await expectMessages("without its registrar")
    }

    /// The killed registrar is started again: resynchronisation (RFC 5353 §3.2.3, §3.6).
    func restartRegistrar() async throws {
        await journal.note("restart", "starts registrar 1 again", of: "demo")
        try await startRegistrar(0, knowing: Array(registrars[1...]))
        try await expectService(0, elements: 2)
        for other in registrars[1...] {
            _ = try await expect("in-step", of: registrars[0].process, "registrar 1 has the checksum of \(other.name)") {
                $0.fields["peer"] == other.identifier
            }
        }
        checks.append("registrar 1, started again, has the two elements and the checksums of both others")
        try await expectPool(["B", "C"], at: [0, 1, 2], by: "all three registrars name the same two elements")
        try await expectMessages("after the registrar's return")
    }
}
