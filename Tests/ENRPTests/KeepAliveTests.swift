import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §3.4, §3.5: keep-alives and unreachable elements")
struct KeepAliveTests {
    private var registrar = RegistrarHarness()
    private let one = PoolElementIdentifier(rawValue: 1)
    private let keepAlive = ASAPMessage.endpointKeepAlive(.init(server: RegistrarHarness.registrar, pool: "Pool"))

    private mutating func element(_ identifier: UInt32 = 1, life: RegistrationLife = .infinite) throws -> AssociationIdentifier
    {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1", life: life), from: peer) == nil)
        _ = registrar.takeEvents()
        return peer
    }

    private mutating func acknowledge(_ identifier: UInt32 = 1, from association: AssociationIdentifier) throws {
        try registrar.receive(
            .endpointKeepAliveAcknowledgement(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: identifier))),
            from: association)
    }

    private mutating func report(_ identifier: UInt32 = 1, from association: AssociationIdentifier) throws {
        try registrar.receive(
            .endpointUnreachable(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: identifier))),
            from: association)
    }

    // MARK: The cycle

    @Test(
        "Elements are asked again and again, H 0, half an interval to one and a half apart, never alike",
        .requirement("asap-3.5-R12", "asap-3.5-R14", "asap-3.5-R15"))
    mutating func cycle() throws {
        let peer = try element()
        var instants: [MonotonicInstant] = [registrar.now]
        for _ in 0..<200 {
            registrar.now = try #require(registrar.engine.nextDeadline)
            registrar.handle(.timer)
            #expect(registrar.sent.map(\.association) == [peer])
            #expect(registrar.takeSent() == [keepAlive])
            instants.append(registrar.now)
            try acknowledge(from: peer)
        }
        let gaps = zip(instants.dropFirst(), instants).map { $0 - $1 }
        #expect(gaps.allSatisfy { $0 >= .seconds(15) && $0 <= .seconds(45) })
        #expect(Set(gaps).count > 190)
        // The spread uses the whole range: of 200 draws some are in each tenth of it, but for a chance of 10 × 0.9^200.
        for tenth in 0..<10 {
            let start = Duration.seconds(15 + 3 * tenth)
            #expect(gaps.contains { $0 >= start && $0 <= start + .seconds(3) })
        }
        #expect(registrar.takeEvents().filter { $0 == .keepAliveAcknowledged("Pool", one) }.count == 200)
    }

    @Test("Many elements' keep-alives do not come in bursts", .requirement("asap-3.5-R14"))
    mutating func spread() throws {
        let peer = registrar.connect("192.0.2.1")
        for identifier in 1...1_000 as ClosedRange<UInt32> {
            #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1", life: .infinite), from: peer) == nil)
        }
        // All registered at once; their first keep-alives lie within 15 to 45 seconds.
        registrar.wait(.seconds(15))
        var most = 0
        for _ in 0..<30 {
            registrar.wait(.seconds(1))
            let count = registrar.takeSent().filter { $0 == keepAlive }.count
            most = max(most, count)
        }
        // 33 a second on average; more than 80 in one of them is as good as impossible.
        #expect(most < 80)
    }

    @Test("No acknowledgement in time removes the element, with the pool", .requirement("requirements-2.2-R1", "asap-3.5-R13"))
    mutating func timeout() throws {
        _ = try element()
        registrar.now = try #require(registrar.engine.nextDeadline)
        registrar.handle(.timer)
        registrar.wait(.milliseconds(4_999))
        #expect(registrar.members() == [1])
        registrar.wait(.milliseconds(1))
        #expect(registrar.members() == [])
        #expect(registrar.takeEvents().suffix(2) == [.elementRemoved("Pool", one, .keepAliveTimeout), .poolRemoved("Pool")])
        #expect(registrar.engine.nextDeadline == nil)
    }

    @Test("Only the element's own acknowledgement counts, and only when asked")
    mutating func foreignAcknowledgement() throws {
        let peer = try element()
        let other = registrar.connect("192.0.2.2")
        let planned = registrar.engine.nextDeadline
        try acknowledge(from: peer)
        #expect(registrar.engine.nextDeadline == planned)
        registrar.now = try #require(planned)
        registrar.handle(.timer)
        try acknowledge(from: other)
        try acknowledge(2, from: peer)
        #expect(
            registrar.takeEvents().suffix(2) == [
                .messageDiscarded(.unknownElement("Pool", one), other),
                .messageDiscarded(.unknownElement("Pool", PoolElementIdentifier(rawValue: 2)), peer),
            ])
        registrar.wait(.seconds(5))
        #expect(registrar.members() == [])
    }

    @Test("Registering again is a sign of life")
    mutating func registrationInsteadOfAcknowledgement() throws {
        let peer = try element()
        registrar.now = try #require(registrar.engine.nextDeadline)
        registrar.handle(.timer)
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .infinite), from: peer) == nil)
        registrar.wait(.seconds(10))
        #expect(registrar.members() == [1])
    }

    @Test("A timer that comes early, or twice, does nothing")
    mutating func staleTimer() throws {
        _ = try element()
        registrar.handle(.timer)
        #expect(registrar.takeSent() == [])
        registrar.now = try #require(registrar.engine.nextDeadline)
        registrar.handle(.timer)
        registrar.handle(.timer)
        #expect(registrar.takeSent() == [keepAlive])
    }

    @Test("Expiry comes before the keep-alive where it is due first")
    mutating func expiryFirst() throws {
        let peer = try element(life: .seconds(3))
        registrar.wait(.seconds(3))
        #expect(registrar.takeSent() == [.deregistrationResponse(.init(pool: "Pool", identifier: one))])
        try acknowledge(from: peer)
        #expect(registrar.members() == [])
    }

    // MARK: Reports

    @Test(
        "A report is followed by a keep-alive at once; an element that answers stays",
        .requirement("asap-3.5-R6", "asap-3.5-R7", "asap-3.5-R9", "asap-3.5-R10"))
    mutating func report() throws {
        let peer = try element()
        let user = registrar.connect("192.0.2.77")
        try report(from: user)
        #expect(registrar.sent.map(\.association) == [peer])
        #expect(registrar.takeSent() == [keepAlive])
        #expect(
            registrar.takeEvents().suffix(2) == [
                .elementReportedUnreachable("Pool", one, reports: 1, user), .keepAliveSent("Pool", one),
            ])
        try acknowledge(from: peer)
        registrar.wait(.seconds(10))
        #expect(registrar.members() == [1])
        #expect(registrar.engine.snapshot(at: registrar.now).pools[0].elements[0].reports == 1)
    }

    @Test("A reported element that does not answer is removed", .requirement("enrp-6.1-R1", "asap-3.5-R8", "asap-9.2-R21"))
    mutating func reportOfTheDead() throws {
        _ = try element()
        let user = registrar.connect("192.0.2.77")
        try report(from: user)
        // A second one while a keep-alive is under way asks for no other.
        try report(from: user)
        #expect(registrar.takeSent() == [keepAlive])
        registrar.wait(.seconds(5))
        #expect(registrar.members() == [])
    }

    @Test(
        "More reports than MAX-BAD-PE-REPORT remove an element that answers each time; registering starts anew",
        .requirement("asap-3.5-R11"))
    mutating func badReports() throws {
        let peer = try element()
        let user = registrar.connect("192.0.2.77")
        for _ in 0..<3 {
            try report(from: user)
            try acknowledge(from: peer)
        }
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .infinite), from: peer) == nil)
        for _ in 0..<3 {
            try report(from: user)
            try acknowledge(from: peer)
        }
        #expect(registrar.members() == [1])
        try report(from: user)
        #expect(registrar.members() == [])
        #expect(registrar.takeEvents().contains(.elementRemoved("Pool", one, .reportedUnreachable)))
    }

    @Test("A report of an element that is not there is thrown away")
    mutating func unknownReport() throws {
        let peer = try element()
        try report(9, from: peer)
        #expect(
            registrar.takeEvents() == [
                .messageDiscarded(.unknownElement("Pool", PoolElementIdentifier(rawValue: 9)), peer)
            ])
        #expect(registrar.takeSent() == [])
    }

    @Test("Reports of one source are limited by the second", .requirement("threats-2.14.3-R1"))
    mutating func reportLimit() throws {
        registrar = RegistrarHarness(
            try RegistrarConfiguration(maximumBadReports: 1_000, limits: RegistrarLimits(maximumReportsPerSecond: 5)))
        _ = try element()
        let (user, other) = (registrar.connect("192.0.2.77"), registrar.connect("192.0.2.78"))
        for _ in 0..<20 { try report(from: user) }
        try report(from: other)
        #expect(registrar.engine.snapshot(at: registrar.now).pools[0].elements[0].reports == 6)
        // One keep-alive for all of them
        #expect(registrar.takeSent() == [keepAlive])
        #expect(registrar.takeEvents().filter { $0 == .messageDiscarded(.rateLimit, user) }.count == 15)
        registrar.wait(.seconds(1))
        try report(from: user)
        #expect(registrar.engine.snapshot(at: registrar.now).pools[0].elements[0].reports == 7)
    }

    // MARK: Associations that end

    @Test("The loss of its association removes an element at once, and only that association's")
    mutating func lostAssociation() throws {
        let peer = try element()
        let other = registrar.connect("192.0.2.2")
        #expect(try registrar.register(.sctp(2, at: "192.0.2.2"), from: other) == nil)
        #expect(try registrar.register(.sctp(3, at: "192.0.2.1"), in: "Third", from: peer) == nil)
        registrar.notify(peer, .lost(.abortedByPeer))
        #expect(registrar.members() == [2])
        #expect(registrar.members(of: "Third") == [])
        #expect(registrar.takeEvents().contains(.elementRemoved("Pool", one, .associationLost(.abortedByPeer))))
        #expect(registrar.engine.snapshot(at: registrar.now).associations == 1)
    }

    @Test("A keep-alive handed back removes the element", .requirement("asap-3.5-R8"))
    mutating func undeliverable() throws {
        let peer = try element()
        #expect(try registrar.register(.sctp(2, at: "192.0.2.1", life: .infinite), in: "Other", from: peer) == nil)
        let user = registrar.connect("192.0.2.77")
        try report(from: user)
        let undelivered = SCTPMessage(try keepAlive.encoded(), MessageHeader(payloadProtocol: .asap))
        registrar.notify(peer, .sendFailed(UndeliveredMessage(message: undelivered, mayHaveArrived: true)))
        #expect(registrar.members() == [])
        #expect(registrar.members(of: "Other") == [2])
        #expect(registrar.takeEvents().contains(.elementRemoved("Pool", one, .keepAliveUndeliverable)))
        // Any other message handed back says nothing about elements.
        let answer = try ASAPMessage.deregistrationResponse(.init(pool: "Other", identifier: one)).encoded()
        registrar.notify(peer, .sendFailed(UndeliveredMessage(message: SCTPMessage(answer), mayHaveArrived: false)))
        registrar.notify(peer, .sendFailed(UndeliveredMessage(message: SCTPMessage([1, 2, 3]), mayHaveArrived: false)))
        #expect(registrar.members(of: "Other") == [2])
    }

    @Test("After a graceful end the element is asked over an association of the registrar's")
    mutating func shutDown() throws {
        let peer = try element()
        registrar.notify(peer, .peerIsClosing)
        registrar.notify(peer, .shutDown)
        let probe = AssociationIdentifier(chosen: 1)
        #expect(registrar.takeActions() == [.open(probe, to: [SCTPAddress(IPAddress("192.0.2.1")!, port: 5_000)])])
        #expect(registrar.sent.map(\.association) == [probe])
        #expect(registrar.takeSent() == [keepAlive])
        registrar.notify(probe, .up(RegistrarHarness.details(["192.0.2.1"])))
        try acknowledge(from: probe)
        registrar.wait(.seconds(10))
        #expect(registrar.members() == [1])
        // It registers over an association of its own again: the other is closed.
        let new = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: new) == nil)
        #expect(registrar.takeActions() == [.shutDown(probe)])
        registrar.notify(probe, .shutDown)
        #expect(registrar.members() == [1])
        #expect(registrar.takeActions() == [])
    }

    @Test("An element that cannot be asked that way is removed", arguments: [false, true])
    mutating func deadAfterShutDown(isSilent: Bool) throws {
        let peer = try element()
        registrar.notify(peer, .shutDown)
        let probe = AssociationIdentifier(chosen: 1)
        if isSilent {
            registrar.wait(.seconds(5))
            #expect(registrar.takeActions().contains(.abort(probe)))
        } else {
            registrar.notify(probe, .failed(.abortedByPeer))
        }
        #expect(registrar.members() == [])
        registrar.notify(probe, .lost(.abortedLocally))
        #expect(registrar.engine.snapshot(at: registrar.now).associations == 0)
        #expect(registrar.engine.nextDeadline == nil)
    }

    @Test("While it is being asked, the element may register from another endpoint")
    mutating func newEndpoint() throws {
        let peer = try element()
        registrar.notify(peer, .shutDown)
        let new = registrar.connect("192.0.2.1", port: 6_000)
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: new) == nil)
        #expect(registrar.takeActions().last == .abort(AssociationIdentifier(chosen: 1)))
    }

    @Test("An association without elements ends without a word")
    mutating func userLeaves() throws {
        let user = registrar.connect("192.0.2.77")
        _ = registrar.takeEvents()
        registrar.notify(user, .shutDown)
        #expect(registrar.takeActions() == [])
        #expect(registrar.takeEvents() == [.associationEnded(user)])
    }

    @Test("After a restart of the association each of its elements is asked")
    mutating func restart() throws {
        let peer = try element()
        registrar.notify(peer, .restarted(RegistrarHarness.details(["192.0.2.1", "192.0.2.9"])))
        #expect(registrar.takeSent() == [keepAlive])
        #expect(try registrar.register(.sctp(2, at: "192.0.2.9"), from: peer) == nil)
        registrar.wait(.seconds(5))
        #expect(registrar.members() == [2])
    }
}
