import Glibc
import InternetAddresses
import Testing

@testable import SCTPTransport

struct EndpointPartsTests {
    @Test func identifiersAreNeverTakenTwice() {
        var used = UsedIdentifiers()
        for number in [5, 7, 6, 1, 2, 0, 3, 4, 100] as [UInt64] {
            #expect(used.insert(number) == .new)
        }
        for number in [0, 1, 2, 3, 4, 5, 6, 7, 100] as [UInt64] {
            #expect(used.insert(number) == .usedBefore)
        }
        #expect(used.rangeCount == 2)
        #expect(used.insert(8) == .new)
        #expect(used.insert(99) == .new)
        #expect(used.rangeCount == 2)
    }

    @Test func identifiersThatLieApartAreLimited() {
        var used = UsedIdentifiers()
        for number in 0..<UInt64(UsedIdentifiers.rangeLimit) {
            #expect(used.insert(number * 2) == .new)
        }
        #expect(used.insert(1_000_000) == .tooScattered)
        #expect(used.insert(1) == .new)
        #expect(used.insert(1_000_000) == .new)
    }

    @Test func theQueueCountsWhatIsQueuedAndWhatIsInTheConsumersHands() {
        let event = SCTPEvent.message(AssociationIdentifier(chosen: 1), SCTPMessage([UInt8](repeating: 0, count: 36)))
        var queue = EventQueue(limit: 300)
        queue.append(event)
        queue.append(event)
        #expect(!queue.isFull)
        queue.append(event)
        #expect(queue.isFull)
        var batch: [SCTPEvent] = []
        queue.take(returning: &batch)
        #expect(batch.count == 3)
        #expect(queue.isEmpty && queue.isFull && !queue.mayResume)
        queue.release()
        #expect(!queue.isFull && queue.mayResume)
    }

    @Test(arguments: [
        (EADDRINUSE, SCTPTransportError.Code.addressInUse, "choose another"),
        (EADDRNOTAVAIL, .addressNotAvailable, "no interface"),
        (EACCES, .system(EACCES), "privileges"),
        (EMFILE, .system(EMFILE), "Too many open files"),
    ])
    func bindErrorsSayWhatToDo(number: CInt, code: SCTPTransportError.Code, text: String) {
        let error = SCTPTransportError.binding("127.0.0.1:3863", number)
        #expect(error.code == code)
        #expect(error.message.contains("127.0.0.1:3863") && error.message.contains(text))
    }

    @Test func unreachablePeersAreNamed() {
        let error = SCTPTransportError.reaching("192.0.2.1:3863", ENETUNREACH)
        #expect(error.code == .noRoute)
        #expect(error.message.contains("192.0.2.1:3863"))
        #expect(SCTPTransportError.reaching("[::1]:1", EAFNOSUPPORT).code == .noRoute)
    }

    @Test func theEnvironmentDecidesWhereTheProgramDoesNot() throws {
        #expect(try SCTPBackendChoice.automatic.decided(environment: "kernel").kind == .kernel)
        #expect(try SCTPBackendChoice.automatic.decided(environment: "userland").kind == .userland)
        #expect(try SCTPBackendChoice.kernel.decided(environment: "userland").kind == .kernel)
        let expected: SCTPBackendKind = SCTPBackendChoice.kernelHasSCTP ? .kernel : .userland
        for value in [nil, "", "automatic"] {
            #expect(try SCTPBackendChoice.automatic.decided(environment: value).kind == expected)
        }
        let error = #expect(throws: SCTPTransportError.self) {
            try SCTPBackendChoice.automatic.decided(environment: "kernal")
        }
        #expect(error?.code == .backendUnavailable)
        #expect(error?.message.contains("\"kernal\"") == true)
    }

    @Test func valuesOutOfRangeAreRefusedWithTheirName() {
        func message(_ change: (inout SCTPEndpointConfiguration) -> Void) -> String {
            var configuration = SCTPEndpointConfiguration()
            change(&configuration)
            do throws(SCTPTransportError) {
                try configuration.check(for: .simulated)
                return "accepted"
            } catch {
                return error.code == .invalidConfiguration ? error.message : "\(error.code)"
            }
        }
        #expect(message { _ in } == "accepted")
        #expect(message { $0.maximumMessageSize = 0 }.contains("maximumMessageSize"))
        #expect(message { $0.maximumMessageSize = 1_048_577 }.contains("maximumMessageSize"))
        #expect(message { $0.maximumAssociations = 0 }.contains("maximumAssociations"))
        #expect(message { $0.streams = 0 }.contains("streams"))
        #expect(message { $0.sendQueueLimit = 65_535 }.contains("sendQueueLimit"))
        #expect(message { $0.receiveQueueLimit = 65_535 }.contains("receiveQueueLimit"))
        #expect(message { $0.localAddresses = [.v4(0xe000_0001)] }.contains("multicast"))
        #expect(message { $0.localAddresses = [.v4(1), .v4(1)] }.contains("twice"))
        #expect(message { $0.localAddresses = (1...65).map { .v4($0) } }.contains("65"))
        #expect(message { $0.timing.minimumRetransmissionTimeout = .zero }.contains("time-outs"))
        #expect(message { $0.timing.initialRetransmissionTimeout = .seconds(61) }.contains("time-outs"))
        #expect(message { $0.timing.maximumRetransmissionTimeout = .seconds(90_000) }.contains("day"))
        #expect(message { $0.timing.heartbeatInterval = .zero }.contains("heartbeat"))
        #expect(message { $0.timing.maximumPathRetransmissions = 0 }.contains("retransmissions"))
    }

    @Test func severalAddressesNeedMultiHoming() {
        let configuration = SCTPEndpointConfiguration(localAddresses: [.v4(1), .v4(2)])
        let error = #expect(throws: SCTPTransportError.self) { try configuration.check(for: .userland) }
        #expect(error?.code == .unsupported)
        #expect(throws: Never.self) { try configuration.check(for: .kernel) }
    }
}
