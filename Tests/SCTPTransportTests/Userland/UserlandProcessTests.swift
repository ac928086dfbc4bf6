#if UserlandSCTP
    import Glibc
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // Peers in other processes: these tests start some.
    extension UserlandTests {
        /// What a child process does with an association to the server at `port` of 127.0.99.1 before it ends.
        private static func child(
            encapsulationPort: UInt16, then end: (UserlandBench, AssociationIdentifier) async throws -> Void
        ) async throws {
            let bench = UserlandBench()
            let client = try await bench.open(UserlandBench.loopback(1))
            let address = SCTPAddress(.v4(0x7f00_6301), port: 3863, encapsulationPort: encapsulationPort)
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in try backend.open(association, to: [address]) }
            let pid = getpid()
            try await bench.send(
                (0..<4).map { UInt8(truncatingIfNeeded: pid >> (8 * $0)) }, on: association, of: client)
            try #require(await bench.wait { delegates, _ in !delegates[client].messages.isEmpty })
            try await end(bench, association)
        }

        private func server(_ bench: UserlandBench) async throws -> (server: Int, encapsulationPort: UInt16) {
            var configuration = UserlandBench.loopback(1, port: 3863)
            configuration.timing = UserlandBench.shortTiming
            let server = try await bench.open(configuration, echoes: true)
            return (server, try #require(await bench.addresses(server)[0].encapsulationPort))
        }

        /// Both processes use one address: the second finds a UDP port of its own.
        @Test func twoProcessesTalkAtOneAddress() async throws {
            let bench = UserlandBench()
            let (server, port) = try await server(bench)
            await #expect(processExitsWith: .success) { [port = port as UInt16] in
                try await UserlandTests.child(encapsulationPort: port) { bench, _ in await bench.close(0) }
            }
            #expect(await bench.wait { delegates, _ in delegates[server].notifications.last?.notification == .shutDown })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func aKilledPeerIsLostAsSoonAsItIsTalkedTo() async throws {
            let bench = UserlandBench()
            let (server, port) = try await server(bench)
            await #expect(processExitsWith: .signal(SIGKILL)) { [port = port as UInt16] in
                try await UserlandTests.child(encapsulationPort: port) { _, _ in kill(getpid(), SIGKILL) }
            }
            #expect(
                await bench.wait { delegates, _ in delegates[server].notifications.last?.notification == .lost(.unreachable) })
            #expect(await bench.closeAll() == (0, 0))
        }

        /// A stopped process keeps its UDP port, so nothing but the timers tells.
        @Test func aStoppedPeerIsLostByTimers() async throws {
            let bench = UserlandBench()
            let (server, port) = try await server(bench)
            async let child = #expect(processExitsWith: .signal(SIGKILL)) { [port = port as UInt16] in
                try await UserlandTests.child(encapsulationPort: port) { _, _ in
                    kill(getpid(), SIGSTOP)
                    // The signal may take a moment to stop this thread too.
                    try await Task.sleep(for: .seconds(60))
                }
            }
            #expect(await bench.wait { delegates, _ in !delegates[server].messages.isEmpty })
            let pid = await bench.with(server) { _, delegate in
                delegate.messages[0].message.bytes.enumerated().reduce(pid_t(0)) {
                    $0 | pid_t($1.element) << (8 * pid_t($1.offset))
                }
            }
            #expect(
                await bench.wait { delegates, _ in delegates[server].notifications.last?.notification == .lost(.unreachable) })
            await bench.with(server) { _, delegate in
                #expect(
                    delegate.notifications.contains {
                        if case .path(_, .unreachable) = $0.notification { true } else { false }
                    })
            }
            kill(pid, SIGKILL)
            _ = await child
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
