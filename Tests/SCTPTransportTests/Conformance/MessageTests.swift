import InternetAddresses
import Testing

@testable import SCTPTransport

/// What messages carry and how they arrive, over every SCTP.
struct MessageConformanceTests {
    @Test(arguments: BackendUnderTest.with(.messageHeaders))
    func everythingAboutAMessageArrives(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            let headers = [
                MessageHeader(),
                MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 11), stream: 3),
                MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 0xfedc_ba98), stream: 15, isUnordered: true),
            ]
            for header in headers {
                try await client.endpoint.send([1, 2, 3], header, on: out)
                #expect(try await server.expectMessage(on: accepted).1 == SCTPMessage([1, 2, 3], header))
            }
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.messageHeaders))
    func messagesOfAStreamArriveInOrderAndWhole(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            var sent: [UInt16: [SCTPMessage]] = [:]
            for number in 0..<60 {
                let header = MessageHeader(stream: UInt16(number % 4))
                // Sizes around those of packets and fragments.
                let message = SCTPMessage((0..<(1 + number * 173)).map { UInt8(truncatingIfNeeded: $0 &* number) }, header)
                sent[header.stream, default: []].append(message)
                try await client.endpoint.sendWhenReady(message, on: out)
            }
            var received: [UInt16: [SCTPMessage]] = [:]
            for _ in 0..<60 {
                let message = try await server.expectMessage(on: accepted).1
                received[message.header.stream, default: []].append(message)
            }
            #expect(received == sent)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func messagesUpToTheLimitPassAndLongerOnesDoNot(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            let longest = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 / 7) }
            try await client.endpoint.send(longest, on: out)
            #expect(try await server.expectMessage(on: accepted).1.bytes == longest)
            #expect(await transportError { try await client.endpoint.send(longest + [0], on: out) } == .messageSize)
            #expect(await transportError { try await client.endpoint.send([], on: out) } == .messageSize)
            try await client.send("nothing broke", on: out)
            #expect(try await server.expectText(on: accepted) == "nothing broke")
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func aMebibyteIsAMessageWhereBothSidesSaySo(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let limit = SCTPEndpointConfiguration.messageSizeLimit
            let (client, server, out, accepted) = try await stage.openPair {
                $0.maximumMessageSize = limit
                $0.sendQueueLimit = 2 * limit
                $0.receiveQueueLimit = 2 * limit
            }
            let longest = (0..<limit).map { UInt8(truncatingIfNeeded: $0 / 5) }
            try await client.endpoint.send(longest, on: out)
            #expect(try await server.expectMessage(on: accepted).1.bytes == longest)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func aMessageLongerThanTheReceiversLimitEndsTheAssociation(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server") { $0.maximumMessageSize = 1000 }
            let client = try await stage.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.expectUp(out)
            let (accepted, _) = try await server.expectAccepted()
            try await client.endpoint.send([UInt8](repeating: 1, count: 1000), on: out)
            #expect(try await server.expectMessage(on: accepted).1.bytes.count == 1000)
            try await client.endpoint.send([UInt8](repeating: 2, count: 1001), on: out)
            #expect(try await server.expectLoss(accepted) == .abortedLocally)
            #expect(try await client.expectLoss(out) == .abortedByPeer)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func messagesSentBeforeTheAssociationIsUpWaitForIt(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server")
            let client = try await stage.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            for number in 0..<10 { try await client.send("\(number)", on: out) }
            let (accepted, _) = try await server.expectAccepted()
            for number in 0..<10 { #expect(try await server.expectText(on: accepted) == "\(number)") }
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.messageHeaders))
    func handlersSeeMessagesWithoutACopyAndMayAnswer(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            // What was queued before belongs to the handlers.
            try await client.send("0", on: out)
            let serverEndpoint = server.endpoint
            let echo = await stage.loop.run { () -> ThreadLock<[SCTPNotification]> in
                let notifications = ThreadLock<[SCTPNotification]>([])
                let endpoint = serverEndpoint.onLoop
                endpoint.setHandlers(
                    message: { bytes, header, association in
                        do throws(SCTPTransportError) {
                            try endpoint.send(bytes, header, on: association)
                        } catch {
                            Issue.record("\(error)")
                        }
                    },
                    notification: { _, notification in notifications.withLock { $0.append(notification) } })
                return notifications
            }
            let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 5), stream: 1)
            for number in 1..<100 {
                try await client.endpoint.sendWhenReady(SCTPMessage(Array("\(number)".utf8), header), on: out)
            }
            for number in 0..<100 {
                let message = try await client.expectMessage(on: out).1
                #expect(message == SCTPMessage(Array("\(number)".utf8), number == 0 ? MessageHeader() : header))
            }
            try await client.endpoint.shutDown(out)
            try await client.expectNotification(.shutDown, on: out)
            while !echo.withLock({ $0.contains(.shutDown) }) { try await stage.loop.sleep(for: .milliseconds(5)) }
            #expect(accepted.isAccepted)
            await closeAll(client, server)
        }
    }
}
