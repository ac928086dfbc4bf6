import Testing

@testable import AgentX

@Suite("RFC 2741 §7.2: requests")
struct Section7RequestTests {
    static let variables = (1...5).map { VariableBinding([1, 2, UInt32($0)], .gauge32(UInt32($0))) }

    private func openStage(_ configuration: AgentXSessionConfiguration = AgentXSessionConfiguration()) throws -> Stage {
        var stage = Stage(Self.variables, configuration: configuration)
        try stage.open()
        return stage
    }

    @Test("§7.2.3.1: Get gives each variable, or says what is missing")
    func get() throws {
        var stage = try openStage()
        let response = try stage.ask(
            .get([SearchRange(from: [1, 2, 3]), SearchRange(from: [1, 2, 9]), SearchRange(from: [1, 7, 1])]))
        #expect(
            response?.bindings == [
                VariableBinding([1, 2, 3], .gauge32(3)), VariableBinding([1, 2, 9], .noSuchInstance),
                VariableBinding([1, 7, 1], .noSuchObject),
            ])
        #expect(stage.session.objects.requests == 1)
    }

    @Test("§7.2.3.2: GetNext minds the include field and the end")
    func getNext() throws {
        var stage = try openStage()
        let response = try stage.ask(
            .getNext([
                SearchRange(from: [1, 2, 3]), SearchRange(from: [1, 2, 3], isStartIncluded: true),
                SearchRange(from: [1, 2, 3], to: [1, 2, 4]), SearchRange(from: [1, 2, 5]),
            ]))
        #expect(
            response?.bindings == [
                VariableBinding([1, 2, 4], .gauge32(4)), VariableBinding([1, 2, 3], .gauge32(3)),
                VariableBinding([1, 2, 3], .endOfMibView), VariableBinding([1, 2, 5], .endOfMibView),
            ])
    }

    @Test("§7.2.3.3: GetBulk gives the first once and the others repeatedly, up to the end")
    func getBulk() throws {
        var stage = try openStage()
        let response = try stage.ask(
            .getBulk(
                [SearchRange(from: [1, 2, 1]), SearchRange(from: [1, 2, 3]), SearchRange(from: [1, 2, 4])],
                nonRepeaters: 1, maximumRepetitions: 10))
        #expect(
            response?.bindings == [
                VariableBinding([1, 2, 2], .gauge32(2)),
                VariableBinding([1, 2, 4], .gauge32(4)), VariableBinding([1, 2, 5], .gauge32(5)),
                VariableBinding([1, 2, 5], .gauge32(5)), VariableBinding([1, 2, 5], .endOfMibView),
                VariableBinding([1, 2, 5], .endOfMibView), VariableBinding([1, 2, 5], .endOfMibView),
            ])
    }

    @Test("A bulk answer ends when it is long enough")
    func bulkLimit() throws {
        var configuration = AgentXSessionConfiguration()
        configuration.answerLimit = 50
        var stage = try openStage(configuration)
        let response = try stage.ask(
            .getBulk([SearchRange(from: [1])], nonRepeaters: 0, maximumRepetitions: 60_000))
        #expect(response?.bindings.count == 2)
    }

    @Test("RFC 3416 §4.2.1: an answer that would be too long is refused, and the range is named", arguments: [0, 1, 2])
    func answerTooLong(kind: Int) throws {
        var configuration = AgentXSessionConfiguration()
        // Each answer has 24 bytes.
        configuration.answerLimit = 100
        var stage = try openStage(configuration)
        for (count, status, index) in [(4, AgentXMessage.Status.noError, 0), (5, .tooBig, 5)] {
            let ranges = [SearchRange](repeating: SearchRange(from: [1, 2, 2]), count: count)
            let body: AgentXMessage.Body =
                switch kind {
                case 0: .get(ranges)
                case 1: .getNext(ranges)
                default: .getBulk(ranges, nonRepeaters: 2, maximumRepetitions: 1)
                }
            let response = try stage.ask(body)
            #expect(response?.status == status && response?.index == UInt16(index))
            #expect(response?.bindings.count == (status == .noError ? count : 0))
        }
    }

    @Test("§7.2.3.3: a bulk answer ends with a whole repetition")
    func bulkAnswerEnds() throws {
        var configuration = AgentXSessionConfiguration()
        configuration.answerLimit = 100
        var stage = try openStage(configuration)
        let ranges = [1, 2, 1].map { SearchRange(from: [1, 2, $0]) }
        let response = try stage.ask(.getBulk(ranges, nonRepeaters: 1, maximumRepetitions: 3))
        #expect(response?.bindings.map(\.name) == [[1, 2, 2], [1, 2, 3], [1, 2, 2]])
    }

    @Test("§6.1.1: another context has none of our variables")
    func contexts() throws {
        var stage = try openStage()
        let other = [UInt8]("other".utf8)
        #expect(
            try stage.ask(.get([SearchRange(from: [1, 2, 3])]), context: other)?.bindings.map(\.value) == [.noSuchObject])
        #expect(
            try stage.ask(.getNext([SearchRange(from: [1, 2, 3])]), context: other)?.bindings.map(\.value) == [.endOfMibView])
        #expect(
            try stage.ask(.testSet([VariableBinding([1, 2, 3], .gauge32(1))]), context: other)?.status == .noAccess)
        var configuration = AgentXSessionConfiguration()
        configuration.context = other
        var named = try openStage(configuration)
        #expect(
            try named.ask(.get([SearchRange(from: [1, 2, 3])]), context: other)?.bindings.map(\.value) == [.gauge32(3)])
    }

    @Test("§7.2.4: test, commit, undo and clean-up reach the objects, and failures the master agent")
    func sets() throws {
        var stage = try openStage()
        let wrong = try stage.ask(
            .testSet([VariableBinding([1, 9], .null), VariableBinding([2, 9], .null)]))
        #expect(wrong?.status == .notWritable && wrong?.index == 2)
        #expect(try stage.ask(.testSet([VariableBinding([1, 9], .null)])) == AgentXMessage.Response())
        #expect(try stage.ask(.commitSet) == AgentXMessage.Response())
        #expect(try stage.ask(.undoSet) == AgentXMessage.Response())
        // CleanupSet has no answer.
        #expect(try stage.ask(.cleanupSet) == nil)
        #expect(stage.session.objects.log == ["test", "commit", "undo", "cleanUp", "cleanUp"])
        stage.session.objects.failsToCommit = true
        let failed = try stage.ask(.commitSet)
        #expect(failed?.status == .commitFailed && failed?.index == 1)
    }

    @Test("§7.2.2: a session that is not open is said so, a message that cannot be read too")
    func errors() throws {
        var stage = try openStage()
        try stage.handle(.received(AgentXMessage(.ping, session: 99, packet: 1).encoded))
        #expect(stage.taken().map(\.body) == [.response(AgentXMessage.Response(.notOpen))])
        var bytes = AgentXMessage(.get([SearchRange(from: [1, 2])]), session: 7, packet: 5).encoded
        bytes[20] = 200
        try stage.handle(.received(bytes))
        #expect(stage.taken().map(\.body) == [.response(AgentXMessage.Response(.parseError))])
        #expect(try stage.ask(.ping)?.status == .processingError)
    }

    @Test("Answers are in the byte order of the request, and messages may arrive in pieces or together")
    func byteOrderAndPieces() throws {
        var stage = try openStage()
        var request = AgentXMessage(.get([SearchRange(from: [1, 2, 3])]), session: 7, packet: 5)
        request.isNetworkByteOrder = false
        for byte in request.encoded { try stage.handle(.received([byte])) }
        #expect(stage.sent.map(\.isNetworkByteOrder) == [false])
        stage.sent = []
        try stage.handle(.received(request.encoded + request.encoded))
        #expect(stage.sent.count == 2)
    }

    @Test("A request that has to wait is answered once its view is there, and those behind it after it, in order")
    func waiting() throws {
        var stage = try openStage()
        stage.session.objects.isReady = false
        let first = AgentXMessage(.get([SearchRange(from: [1, 2, 3])]), session: 7, packet: 5).encoded
        let second = AgentXMessage(.getNext([SearchRange(from: [1, 2, 3])]), session: 7, packet: 6).encoded
        try stage.handle(.received(first + second.prefix(10)))
        #expect(stage.sent.isEmpty && stage.session.isHeld)
        try stage.handle(.received(Array(second.dropFirst(10))))
        try stage.handle(.proceed)
        #expect(stage.sent.isEmpty && stage.session.isHeld)
        stage.session.objects.isReady = true
        try stage.handle(.proceed)
        #expect(stage.taken().map(\.packet) == [5, 6])
        #expect(!stage.session.isHeld && stage.session.objects.requests == 2)
        // Nothing is kept of it where the connection is lost meanwhile.
        stage.session.objects.isReady = false
        try stage.handle(.received(first))
        try stage.handle(.disconnected("gone"))
        stage.session.objects.isReady = true
        try stage.handle(.proceed)
        #expect(stage.sent.isEmpty)
    }

    @Test("A master agent that sends nonsense is left")
    func nonsense() throws {
        var stage = try openStage()
        try stage.handle(.received([UInt8](repeating: 0xee, count: 40)))
        #expect(stage.taken().map(\.body) == [.close(.parseErrors)])
        #expect(stage.disconnects == 1)
        #expect(stage.session.nextDeadline == stage.now + .milliseconds(500))
    }

    @Test("Any bytes from the master agent leave a session that works or a reconnection")
    func hostileBytes() throws {
        var random = SystemIndependentRandom(state: 77)
        for _ in 0..<2_000 {
            var stage = try openStage()
            for _ in 0..<10 {
                var bytes = AgentXMessage(
                    Samples.bodies[Int.random(in: 0..<Samples.bodies.count, using: &random)], session: 7, packet: 9
                ).encoded
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.byte()
                }
                try stage.handle(.received(bytes))
            }
            #expect(stage.sent.count < 40)
            #expect(stage.session.nextDeadline != nil)
        }
    }
}
