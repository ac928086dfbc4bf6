/// Runs the whole codec over any bytes, for tests and for a fuzzer.
///
/// Three readings are tried: a bare sequence of any parameters, a message of any parameters, and a message of the shapes that
/// ASAP and ENRP use, where the rules for unknown and misplaced parameters apply. Whatever is accepted is written again and
/// read again.
package enum DecodeProbe {
    /// What the codec must hold for all bytes and did not hold for some.
    package enum Fault: Hashable, Sendable {
        /// What was accepted could not be written.
        case notWritten(WireEncodingError)
        /// What was written was refused.
        case notReadAgain(WireError)
        /// What was written reads as something else.
        case readsDifferently
        /// What was written and read is written otherwise the second time.
        case notStable
        /// An error points outside the bytes, or reports more bytes than came.
        case unsoundError(WireError)
    }

    /// How many of the readings accepted some bytes.
    package struct Outcome: Hashable, Sendable {
        package var accepted = 0
        package var fault: Fault?
    }

    /// Tries the three readings.
    package static func run(_ bytes: RawSpan) -> Outcome {
        var outcome = Outcome()
        attempt(ParameterSequence.self, bytes, &outcome)
        attempt(AnyMessage.self, bytes, &outcome)
        attempt(ShapedMessage.self, bytes, &outcome)
        return outcome
    }

    private static func attempt<Kind: ProbeReading>(_: Kind.Type, _ bytes: RawSpan, _ outcome: inout Outcome) {
        do throws(WireError) {
            let first = try Kind(bytes)
            outcome.accepted += 1
            if let fault = fault(in: first) { outcome.fault = fault }
        } catch {
            let reported = error.report.reduce(0) { $0 + $1.reportedBytes }
            let isSound = (0...bytes.byteCount).contains(error.offset) && reported <= 2 * bytes.byteCount
            if !isSound { outcome.fault = .unsoundError(error) }
        }
    }

    private static func fault<Kind: ProbeReading>(in first: Kind) -> Fault? {
        let written: [UInt8]
        do throws(WireEncodingError) { written = try first.written() } catch { return .notWritten(error) }
        do throws(WireError) {
            let second = try Kind(written.rawSpan)
            guard second == first else { return .readsDifferently }
            return (try? second.written()) == written ? nil : .notStable
        } catch {
            return .notReadAgain(error)
        }
    }
}

/// A way to read bytes, and to write what was read.
private protocol ProbeReading: Equatable {
    init(_ bytes: RawSpan) throws(WireError)
    func written() throws(WireEncodingError) -> [UInt8]
}

/// Parameters of any kind, one after the other.
private struct ParameterSequence: ProbeReading {
    let parameters: [Parameter]

    init(_ bytes: RawSpan) throws(WireError) {
        var reader = ParameterReader(bytes)
        parameters = try reader.readAnyParameters()
    }

    func written() throws(WireEncodingError) -> [UInt8] {
        var writer = ParameterWriter()
        for parameter in parameters { writer.write(parameter) }
        if let failure = writer.failure { throw failure }
        writer.pad()
        return writer.bytes
    }
}

/// A message of parameters of any kind.
private struct AnyMessage: ProbeReading {
    let type: UInt8
    let flags: UInt8
    let parameters: [Parameter]

    init(_ bytes: RawSpan) throws(WireError) {
        var reader = ParameterReader(bytes)
        let header = try reader.readMessageHeader()
        type = header.type
        flags = header.flags
        parameters = try reader.readAnyParameters()
    }

    func written() throws(WireEncodingError) -> [UInt8] {
        try ParameterWriter.message(type: type, flags: flags) { writer in
            for parameter in parameters { writer.write(parameter) }
        }
    }
}

/// A message of each parameter that ASAP or ENRP messages hold, all of them optional, in one order.
package struct ShapedMessage: Hashable, Sendable, ProbeReading {
    package var type: UInt8 = 0
    package var flags: UInt8 = 0
    package var registrar = RegistrarIdentifier.undetermined
    package var poolHandle: PoolHandle?
    package var option: HandleResolutionOption?
    package var policy: PolicyParameter?
    package var elements: [PoolElementParameter] = []
    package var identifier: PoolElementIdentifier?
    package var checksum: PEChecksum?
    package var servers: [ServerInformationParameter] = []
    package var transports: [UserTransport] = []
    package var cookie: Cookie?
    package var error: OperationErrorParameter?
    package var rest = ParameterReader.Rest()

    package init() {}

    package init(_ bytes: RawSpan) throws(WireError) {
        var reader = ParameterReader(bytes)
        let header = try reader.readMessageHeader()
        type = header.type
        flags = header.flags
        registrar = try reader.readRegistrarIdentifier()
        poolHandle = try reader.readIfPresent(PoolHandle.self)
        option = try reader.readIfPresent(HandleResolutionOption.self)
        policy = try reader.readIfPresent(PolicyParameter.self)
        elements = try reader.readAll(PoolElementParameter.self)
        identifier = try reader.readIfPresent(PoolElementIdentifier.self)
        checksum = try reader.readIfPresent(PEChecksum.self)
        servers = try reader.readAll(ServerInformationParameter.self)
        transports = try reader.readAll(UserTransport.self)
        cookie = try reader.readIfPresent(Cookie.self)
        error = try reader.readIfPresent(OperationErrorParameter.self)
        rest = try reader.finish()
    }

    package func written() throws(WireEncodingError) -> [UInt8] {
        try ParameterWriter.message(type: type, flags: flags, preserving: rest.preserved) { writer in
            writer.write(registrar)
            if let poolHandle { writer.write(poolHandle) }
            if let option { writer.write(option) }
            if let policy { writer.write(policy) }
            for element in elements { writer.write(element) }
            if let identifier { writer.write(identifier) }
            if let checksum { writer.write(checksum) }
            for server in servers { writer.write(server) }
            for transport in transports { writer.write(transport) }
            if let cookie { writer.write(cookie) }
            if let error { writer.write(error) }
        }
    }
}

extension ErrorCause {
    /// Bytes of an offending parameter or message in this cause.
    fileprivate var reportedBytes: Int {
        switch self {
        case .unrecognizedParameter(let bytes), .unrecognizedMessage(let bytes), .invalidValues(let bytes): bytes.count
        default: 0
        }
    }
}
