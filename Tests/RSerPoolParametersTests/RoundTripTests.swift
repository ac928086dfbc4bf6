import RSerPoolParameters
import Testing

/// What is written is read as it was, and is written the same again.
struct RoundTripTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func messagesReadAsWritten(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<1000 {
            let message = random.message()
            let bytes = try message.written()
            #expect(bytes.count.isMultiple(of: 4))
            var read: ShapedMessage
            do throws(WireError) {
                read = try ShapedMessage(bytes.rawSpan)
            } catch {
                Issue.record("seed \(seed), round \(round): \(error) for \(message)")
                return
            }
            let again = try read.written()
            let reports = read.rest.report
            read.rest.report = []
            guard read == message, again == bytes else {
                Issue.record("seed \(seed), round \(round): \(message) was read as \(read)")
                return
            }
            guard reports.count == min(message.reportable, WireLimits.standard.reportedParameters) else {
                Issue.record("seed \(seed), round \(round): \(reports) for \(message)")
                return
            }
        }
    }

    @Test(arguments: [5, 6] as [UInt64])
    func anyParametersReadAsWritten(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let bytes = try random.message().written()
            var reader = ParameterReader(bytes)
            let header = try reader.readMessageHeader()
            let registrar = try reader.readRegistrarIdentifier()
            let parameters = try reader.readAnyParameters()
            let written = try ParameterWriter.message(type: header.type, flags: header.flags) { writer in
                writer.write(registrar)
                for parameter in parameters { writer.write(parameter) }
            }
            guard written == bytes else {
                Issue.record("seed \(seed), round \(round): \(bytes) became \(written)")
                return
            }
        }
    }

    private func refusal(_ bytes: [UInt8]) -> WireError? {
        do throws(WireError) {
            _ = try ShapedMessage(bytes.rawSpan)
            return nil
        } catch {
            return error
        }
    }

    /// No part of a message is a message: its length says where it ends.
    @Test func messagesCutAnywhereAreRefused() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<100 {
            let bytes = try random.message().written()
            let length = Int(bytes[2]) << 8 | Int(bytes[3])
            for count in 0..<length {
                let cut = [UInt8](bytes.prefix(count))
                let error = refusal(cut)
                guard error == (count < 4 ? WireError(.truncatedHeader, at: 0) : WireError(.lengthTooLong, at: 2)) else {
                    Issue.record("\(count) of \(bytes): \(String(describing: error))")
                    return
                }
            }
        }
    }
}

extension ShapedMessage {
    /// How many unknown parameters of the message have to be reported.
    fileprivate var reportable: Int {
        func count(_ preserved: [PreservedParameter]) -> Int { preserved.count { $0.type.rawValue >> 14 == 3 } }
        func count(_ transport: UserTransport) -> Int {
            switch transport {
            case .dccp(let transport): count(transport.preserved)
            case .sctp(let transport): count(transport.preserved)
            case .tcp(let transport): count(transport.preserved)
            case .udp(let transport): count(transport.preserved)
            case .udpLite(let transport): count(transport.preserved)
            case .opaque: 0
            }
        }
        let inElements = elements.reduce(0) { sum, element in
            sum + count(element.preserved) + count(element.userTransport)
                + (element.asapTransport.map { count($0.preserved) } ?? 0)
        }
        let inServers = servers.reduce(0) { $0 + count($1.preserved) + count($1.transport.preserved) }
        return count(rest.preserved) + inElements + inServers + transports.reduce(0) { $0 + count($1) }
    }
}
