import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §2.2.5, §2.2.6: updates for users that ask with the S flag")
struct Section225UpdateTests {
    private var registrar = RegistrarHarness()
    private let element: AssociationIdentifier
    private let user: AssociationIdentifier

    init() throws {
        element = registrar.connect("192.0.2.1")
        user = registrar.connect("192.0.2.77")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: element) == nil)
    }

    private mutating func watch(_ pool: PoolHandle = "Pool", items: UInt32? = nil) throws -> Bool {
        try registrar.resolve(pool, items: items, wantsUpdates: true, from: user).promisesUpdates
    }

    private mutating func register(
        _ identifier: UInt32, in pool: PoolHandle = "Pool", policy: PolicyParameter = .roundRobin
    ) throws {
        #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1", policy: policy), in: pool, from: element) == nil)
    }

    /// The updates that the registrar sent to a user since the last look, the element's keep-alives left out.
    private mutating func updates(to association: AssociationIdentifier) -> [ASAPMessage.HandleResolutionResponse] {
        defer { registrar.sent = [] }
        return registrar.sent.compactMap { sent in
            guard sent.association == association, case .handleResolutionResponse(let response) = sent.message else {
                return nil
            }
            return response
        }
    }

    @Test("Asked with S, the answer says A; asked without, it does not", .requirement("asap-2.2.6-R1", "asap-2.2.6-R2"))
    mutating func flags() throws {
        #expect(try watch())
        #expect(registrar.takeEvents().contains(.updatesPromised("Pool", user)))
        #expect(try !registrar.resolve(from: user).promisesUpdates)
    }

    @Test("A change is told without being asked for, with A, policy and elements", .requirement("asap-2.2.5-R2"))
    mutating func change() throws {
        #expect(try watch())
        try register(2)
        registrar.wait(.zero)
        let told = updates(to: user)
        #expect(told.count == 1)
        #expect(told.first?.promisesUpdates == true)
        #expect(told.first?.policy?.type == .roundRobin)
        #expect(told.first?.causes == [])
        #expect(told.first?.identifiers.sorted() == [1, 2])
        #expect(registrar.takeEvents().contains(.poolUpdateSent("Pool", subscribers: 1)))
    }

    @Test("Leaving, new values and a lost association are changes; registering again unchanged is none")
    mutating func changes() throws {
        let least = PolicyParameter.leastUsed(load: .idle)
        try register(7, in: "Load", policy: least)
        #expect(try watch("Load"))
        try register(7, in: "Load", policy: least)
        registrar.wait(.seconds(2))
        #expect(updates(to: user) == [])
        try register(7, in: "Load", policy: .leastUsed(load: .full))
        registrar.wait(.seconds(2))
        #expect(updates(to: user).map { $0.elements.map(\.policy) } == [[.leastUsed(load: .full)]])
        let other = registrar.connect("192.0.2.2")
        #expect(try registrar.register(.sctp(8, at: "192.0.2.2", policy: least), in: "Load", from: other) == nil)
        registrar.wait(.seconds(2))
        #expect(updates(to: user).map(\.identifiers) == [[8, 7]])
        registrar.notify(other, .lost(.unreachable))
        registrar.wait(.seconds(2))
        #expect(updates(to: user).map(\.identifiers) == [[7]])
    }

    @Test("Changes within the minimum interval are told together, and none is lost")
    mutating func coalescing() throws {
        registrar = RegistrarHarness(try RegistrarConfiguration(minimumUpdateInterval: .seconds(5)))
        let element = registrar.connect("192.0.2.1")
        let user = registrar.connect("192.0.2.77")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: element) == nil)
        #expect(try registrar.resolve(wantsUpdates: true, from: user).promisesUpdates)
        var told: [[UInt32]] = []
        for identifier in 2...100 as ClosedRange<UInt32> {
            try registrar.receive(
                .registration(.init(pool: "Pool", element: .sctp(identifier, at: "192.0.2.1"))), from: element)
            registrar.wait(.milliseconds(100))
            told += updates(to: user).map { $0.identifiers.sorted() }
        }
        registrar.wait(.seconds(5))
        told += updates(to: user).map { $0.identifiers.sorted() }
        // 9.9 s: at 0, at 5, and the rest at 10.
        #expect(told == [Array(1...2), Array(1...51), Array(1...100)])
        registrar.wait(.seconds(5))
        #expect(updates(to: user) == [])
    }

    @Test("An update has as many elements as were asked for, and users are not all given the same one")
    mutating func count() throws {
        for identifier in 2...6 as ClosedRange<UInt32> { try register(identifier) }
        let second = registrar.connect("192.0.2.78")
        #expect(try watch(items: 1))
        #expect(try registrar.resolve(items: 1, wantsUpdates: true, from: second).promisesUpdates)
        try register(7)
        registrar.wait(.zero)
        let sent = registrar.sent.compactMap { sent -> [UInt32]? in
            if case .handleResolutionResponse(let response) = sent.message { response.identifiers } else { nil }
        }
        #expect(sent.map(\.count) == [1, 1])
        #expect(Set(sent).count == 2)
    }

    @Test("Asking without S ends the updates of that pool alone", .requirement("asap-2.2.5-R3"))
    mutating func endedByAsking() throws {
        try register(1, in: "Other")
        #expect(try watch())
        #expect(try watch("Other"))
        _ = try registrar.resolve(from: user)
        try register(2)
        try register(2, in: "Other")
        registrar.wait(.seconds(2))
        #expect(updates(to: user).map(\.pool) == ["Other"])
    }

    @Test("Asking again with S goes on, and is no second subscription", arguments: [true, false])
    mutating func askedTwice(endsInBetween: Bool) throws {
        #expect(try watch())
        if endsInBetween { _ = try registrar.resolve(from: user) }
        #expect(try watch(items: 1))
        try register(2)
        registrar.wait(.seconds(2))
        #expect(updates(to: user).map(\.identifiers.count) == [1])
    }

    @Test("The end of the association ends them", arguments: [SCTPNotification.shutDown, .lost(.abortedByPeer)])
    mutating func endedByAssociation(_ notification: SCTPNotification) throws {
        #expect(try watch())
        registrar.notify(user, notification)
        try register(2)
        registrar.wait(.seconds(2))
        #expect(updates(to: user) == [])
        #expect(registrar.engine.watches.isEmpty)
        #expect(registrar.engine.updateDeadlines.count == 0)
        #expect(registrar.engine.handlespace.watched.isEmpty)
    }

    @Test(
        "The pool's end is told as a negative answer and ends them: a new pool of the name is not told of",
        .requirement("asap-2.2.5-R5"))
    mutating func endOfPool() throws {
        #expect(try watch())
        #expect(try registrar.deregister(1, from: element) == [])
        registrar.wait(.zero)
        #expect(updates(to: user) == [.init(pool: "Pool", causes: [.unknownPoolHandle])])
        try register(2)
        registrar.wait(.seconds(2))
        #expect(updates(to: user) == [])
        #expect(registrar.engine.watches.isEmpty)
        #expect(registrar.engine.associations[user]?.watched == [])
    }

    @Test("A pool that ends and is there again before the update is told as it is then")
    mutating func endAndReturn() throws {
        #expect(try watch())
        try register(2)
        registrar.wait(.zero)
        _ = updates(to: user)
        for identifier in [1, 2] as [UInt32] { #expect(try registrar.deregister(identifier, from: element) == []) }
        try register(3)
        registrar.wait(.seconds(2))
        #expect(updates(to: user).map(\.identifiers) == [[3]])
    }

    @Test("A negative answer subscribes to nothing", .requirement("asap-2.2.5-R5"))
    mutating func unknownPool() throws {
        #expect(
            try registrar.resolve("New", wantsUpdates: true, from: user) == .init(pool: "New", causes: [.unknownPoolHandle]))
        try register(2, in: "New")
        registrar.wait(.seconds(2))
        #expect(updates(to: user) == [])
    }

    @Test("More pools, or more users, than the limits are answered all the same, A 0")
    mutating func limits() throws {
        let limits = try RegistrarLimits(maximumWatchedPoolsPerAssociation: 2, maximumSubscribersPerPool: 2)
        registrar = RegistrarHarness(try RegistrarConfiguration(limits: limits))
        let element = registrar.connect("192.0.2.1")
        let users = (1...3).map { registrar.connect("192.0.2.10\($0)") }
        for pool in ["A", "B", "C"] as [PoolHandle] {
            #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), in: pool, from: element) == nil)
        }
        func ask(_ user: Int, _ pool: PoolHandle, _ registrar: inout RegistrarHarness) throws -> Bool {
            let answer = try registrar.resolve(pool, wantsUpdates: true, from: users[user])
            #expect(answer.identifiers == [1])
            return answer.promisesUpdates
        }
        #expect(try ask(0, "A", &registrar))
        #expect(try ask(0, "B", &registrar))
        #expect(try !ask(0, "C", &registrar))
        #expect(registrar.takeEvents().contains(.updatesRefused("C", users[0])))
        #expect(try ask(1, "A", &registrar))
        #expect(try !ask(2, "A", &registrar))
        // Who has it keeps it; a place given up is a place.
        #expect(try ask(0, "A", &registrar))
        _ = try registrar.resolve("A", from: users[1])
        #expect(try ask(2, "A", &registrar))
        registrar.notify(users[0], .shutDown)
        #expect(try ask(1, "A", &registrar))
    }

    @Test("What a change costs does not grow with the pool: an update has no more elements than an answer")
    mutating func cost() throws {
        for identifier in 2...1_000 as ClosedRange<UInt32> { try register(identifier) }
        #expect(try watch())
        try register(1_001)
        registrar.wait(.zero)
        #expect(updates(to: user).map(\.elements.count) == [RegistrarLimits.standard.maximumElementsPerResponse])
    }
}
