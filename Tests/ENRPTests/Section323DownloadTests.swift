import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.2.3: downloading the handlespace")
struct Section323DownloadTests {
    private static let nine = RegistrarIdentifier(rawValue: 9)
    private static let accepted = AssociationIdentifier(accepted: 1, channel: .enrp)

    // MARK: The mentor

    /// A mentor whose messages have 10,240 bytes at most, with 300 elements, and a stranger that takes them from it.
    private static func mentor() throws -> (network: PeerNetwork, stranger: Int, association: AssociationIdentifier) {
        var network = PeerNetwork()
        network.addRegistrar(2, try .among(limits: PeerLimits(maximumTableMessageSize: 10_240)))
        for number in 0..<300 { try network.register(network.addElementHost(1_000 + UInt32(number)), at: 0) }
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: 0)
        network.forgetSent()
        return (network, stranger, association)
    }

    private static func ask(
        _ network: inout PeerNetwork, _ stranger: Int, _ association: AssociationIdentifier
    ) throws -> ENRPMessage.HandleTableResponse {
        network.forgetSent()
        try network.send(.handleTableRequest(.init(sender: nine)), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        guard case .handleTableResponse(let part) = network.sent(.handleTableResponse, by: 0).first else {
            throw WireError(.unrecognizedMessage, at: 0)
        }
        #expect(network.sent(.handleTableResponse, by: 0).count == 1)
        return part
    }

    private static func elements(_ part: ENRPMessage.HandleTableResponse) -> [UInt32] {
        part.entries.flatMap(\.elements).map(\.identifier.rawValue)
    }

    @Test(
        "Steps 2 and 3: all elements, in parts that go on where the one before ended; the M flag is 1 but in the last",
        .requirement(
            "enrp-3.2.3-R3", "enrp-3.2.3-R4", "enrp-3.2.3-R5", "enrp-3.2.3-R6", "enrp-3.2.3-R7", "enrp-3.2.3-R8"))
    func session() throws {
        var (network, stranger, association) = try Self.mentor()
        var received: [UInt32] = []
        var flags: [Bool] = []
        repeat {
            let part = try Self.ask(&network, stranger, association)
            #expect(!part.isRejected)
            received += Self.elements(part)
            flags.append(part.hasMore)
        } while flags.last == true && flags.count < 10
        #expect(received == (1_000..<1_300).map { UInt32($0) })
        #expect(flags == [true, false])
        // The session is over: nothing is kept of it, and the next request begins another.
        #expect(network.nodes[0].engine?.peers[Self.nine]?.download == nil)
        #expect(Self.elements(try Self.ask(&network, stranger, association)).first == 1_000)
    }

    @Test(
        "A session whose next part is not asked for ends after the download session time, and another begins anew",
        .requirement("enrp-3.2.3-R21", "enrp-3.2.3-R22"))
    func sessionTimer() throws {
        var (network, stranger, association) = try Self.mentor()
        let first = Self.elements(try Self.ask(&network, stranger, association))
        network.run(for: .seconds(4))
        #expect(network.nodes[0].engine?.peers[Self.nine]?.download != nil)
        network.run(for: .seconds(2))
        #expect(network.nodes[0].engine?.peers[Self.nine]?.download == nil)
        #expect(Self.elements(try Self.ask(&network, stranger, association)) == first)
    }

    @Test(
        "A registrar that initialises itself, or gives too many tables out, refuses: R flag, no entries",
        .requirement("enrp-2.3-R1", "enrp-2.3-R2", "enrp-3.2.3-R17"))
    func refusals() throws {
        var network = PeerNetwork()
        let stranger = network.addStranger()
        let initialising = network.addRegistrar(2, try .among(stranger))
        network.run(for: .milliseconds(10))
        try network.send(.handleTableRequest(.init(sender: Self.nine)), over: Self.accepted, from: stranger)
        network.run(for: .milliseconds(10))
        func isRefusal(_ message: ENRPMessage?) -> Bool {
            if case .handleTableResponse(let table) = message { table.isRejected && table.entries.isEmpty } else { false }
        }
        #expect(isRefusal(network.sent(.handleTableResponse, by: initialising).first))

        let limits = try PeerLimits(maximumDownloads: 1, maximumTableMessageSize: 10_240)
        let mentor = network.addRegistrar(3, try .among(limits: limits))
        for number in 0..<300 { try network.register(network.addElementHost(1_000 + UInt32(number)), at: mentor) }
        for (number, isRefused) in [(UInt32(11), false), (12, true)] {
            network.forgetSent()
            let other = network.addStranger()
            let association = network.connect(other, to: mentor)
            try network.send(
                .handleTableRequest(.init(sender: RegistrarIdentifier(rawValue: number))), over: association, from: other)
            network.run(for: .milliseconds(10))
            #expect(isRefusal(network.sent(.handleTableResponse, by: mentor).first) == isRefused)
        }
    }

    // MARK: The registrar that starts

    /// A registrar that has had the list of its mentor, which the test plays, and waits for the table.
    private static func newcomer(backup: Bool = false) throws -> (network: PeerNetwork, mentor: Int, newcomer: Int) {
        var network = PeerNetwork()
        let mentor = network.addStranger()
        if backup {
            let other = network.addRegistrar(1, .standard)
            try network.register(network.addElementHost(77), at: other)
        }
        let newcomer = network.addRegistrar(2, try backup ? .among(mentor, 1) : .among(mentor))
        network.run(for: .milliseconds(10))
        try network.send(.listResponse(.init(sender: nine)), over: accepted, from: mentor)
        network.run(for: .milliseconds(10))
        #expect(network.sent(.handleTableRequest, by: newcomer).count == 1)
        return (network, mentor, newcomer)
    }

    private static func element(_ identifier: UInt32, _ policy: PolicyParameter = .roundRobin) -> PoolElementParameter {
        var element = PoolElementParameter.sctp(identifier, at: "10.0.0.201", policy: policy)
        element.homeRegistrar = nine
        return element
    }

    private static func give(
        _ entries: [ENRPMessage.PoolEntry], hasMore: Bool, _ network: inout PeerNetwork, from mentor: Int
    ) throws {
        try network.send(
            .handleTableResponse(.init(hasMore: hasMore, sender: nine, entries: entries)), over: accepted, from: mentor)
        network.run(for: .milliseconds(10))
    }

    @Test(
        "Steps 3 to 5: each part is taken over and the next asked for; new pools, new elements, newer elements; then service",
        .requirement(
            "enrp-3.2.3-R9", "enrp-3.2.3-R10", "enrp-3.2.3-R11", "enrp-3.2.3-R12", "enrp-3.2.3-R13", "enrp-3.2.3-R14",
            "enrp-3.2.3-R15", "enrp-3.2.3-R16"))
    func unpacking() throws {
        var (network, mentor, newcomer) = try Self.newcomer()
        let idle = PolicyParameter.leastUsed(load: .idle)
        try Self.give([.init(pool: "Pool", elements: [Self.element(7, idle)])], hasMore: true, &network, from: mentor)
        #expect(network.table(newcomer) == ["Pool/7@9"])
        #expect(network.snapshot(newcomer)?.pools[0].policy.type == idle.type)
        #expect(network.snapshot(newcomer)?.isServing == false)
        guard case .handleTableRequest(let request) = network.sent(.handleTableRequest, by: newcomer).last else { return }
        #expect(network.sent(.handleTableRequest, by: newcomer).count == 2)
        #expect(!request.ownChildrenOnly)
        #expect(request.receiver == Self.nine)
        let busy = PolicyParameter.leastUsed(load: Load(rawValue: 5))
        let entry = ENRPMessage.PoolEntry(pool: "Pool", elements: [Self.element(7, busy), Self.element(8, idle)])
        try Self.give([entry], hasMore: false, &network, from: mentor)
        #expect(network.table(newcomer) == ["Pool/7@9", "Pool/8@9"])
        #expect(network.snapshot(newcomer)?.pools[0].elements[0].parameter.policy == busy)
        #expect(network.snapshot(newcomer)?.isServing == true)
        #expect(network.sent(.handleTableRequest, by: newcomer).count == 2)
    }

    @Test("A refused request is sent again after some seconds", .requirement("enrp-3.2.3-R18"))
    func refused() throws {
        var (network, mentor, newcomer) = try Self.newcomer()
        try network.send(.handleTableResponse(.init(isRejected: true, sender: Self.nine)), over: Self.accepted, from: mentor)
        network.run(for: .milliseconds(1_400))
        #expect(network.sent(.handleTableRequest, by: newcomer).count == 1)
        network.run(for: .milliseconds(3_200))
        try network.send(.listResponse(.init(sender: Self.nine)), over: Self.accepted, from: mentor)
        network.run(for: .milliseconds(10))
        #expect(network.sent(.handleTableRequest, by: newcomer).count == 2)
        #expect(network.snapshot(newcomer)?.isServing == false)
    }

    @Test(
        "A table that does not go on within MAX-TIME-NO-RESPONSE is given up for the backup's",
        .requirement("enrp-3.2.3-R19", "enrp-3.2.3-R20"), arguments: [false, true])
    func interrupted(afterFirstPart: Bool) throws {
        var (network, mentor, newcomer) = try Self.newcomer(backup: true)
        network.run(for: .seconds(4))
        if afterFirstPart {
            try Self.give([.init(pool: "Pool", elements: [Self.element(7)])], hasMore: true, &network, from: mentor)
            network.run(for: .milliseconds(4_900))
        }
        #expect(network.snapshot(newcomer)?.isServing == false)
        network.run(for: .milliseconds(1_100))
        #expect(network.snapshot(newcomer)?.isServing == true)
        #expect(network.takeEvents(newcomer).contains(.mentorFailed(Self.nine, [PeerNetwork.address(mentor)], .noResponse)))
        #expect(network.table(newcomer).contains("Pool/77@1"))
    }
}
