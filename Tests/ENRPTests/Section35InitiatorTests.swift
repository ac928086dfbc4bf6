import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.5: what the initiator of a takeover sends, and when")
struct Section35InitiatorTests {
    @Test(
        "A silent target: all are asked, it too; the last acknowledgement wins; all are told; the target is no peer any more",
        .requirement(
            "enrp-3.5.1-R1", "enrp-3.5.1-R2", "enrp-3.5.1-R14", "enrp-3.5.1-R15", "enrp-3.5.2-R1", "enrp-3.5.2-R2",
            "enrp-3.5.2-R3"))
    func initiator() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(2, .standard)
        let target = RegistrarIdentifier(rawValue: 3)
        let others = [RegistrarIdentifier(rawValue: 9), RegistrarIdentifier(rawValue: 10)]
        var ends: [(identifier: RegistrarIdentifier, node: Int, association: AssociationIdentifier)] = []
        for identifier in [target] + others {
            let node = network.addStranger()
            let association = network.connect(node, to: registrar)
            try network.send(.presence(.init(sender: identifier)), over: association, from: node)
            ends.append((identifier, node, association))
        }
        var element = PoolElementParameter.sctp(7, at: "10.0.0.201")
        element.homeRegistrar = target
        try network.send(
            .handleUpdate(.init(sender: target, action: .add, pool: "Pool", element: element)), over: ends[0].association,
            from: ends[0].node)
        // The others go on to be heard, the target does not.
        for _ in 0..<3 {
            network.run(for: .seconds(22))
            for end in ends[1...] {
                try network.send(.presence(.init(sender: end.identifier)), over: end.association, from: end.node)
            }
        }
        network.run(for: .milliseconds(500))
        let asked = network.nodes[registrar].sent.filter { $0.message.type == .initTakeover }
        #expect(asked.map(\.to).sorted() == ends.map(\.node))
        for case .initTakeover(let message) in asked.map(\.message) {
            #expect(message.sender.rawValue == 2)
            #expect(message.target == target)
        }
        for end in ends[1...] {
            #expect(network.sent(.takeoverServer, by: registrar).isEmpty)
            #expect(network.table(registrar) == ["Pool/7@3"])
            #expect(network.peers(registrar) == [3, 9, 10])
            try network.send(
                .initTakeoverAcknowledgement(
                    .init(sender: end.identifier, receiver: RegistrarIdentifier(rawValue: 2), target: target)),
                over: end.association, from: end.node)
            network.run(for: .milliseconds(10))
        }
        let told = network.nodes[registrar].sent.filter { $0.message.type == .takeoverServer }
        #expect(told.map(\.to).sorted() == ends[1...].map(\.node))
        for case .takeoverServer(let message) in told.map(\.message) {
            #expect(message.sender.rawValue == 2)
            #expect(message.target == target)
        }
        #expect(network.table(registrar) == ["Pool/7@2"] || network.table(registrar).isEmpty)
        #expect(network.peers(registrar) == [9, 10])
    }
}
