import ASAP
import ENRP
import RSerPoolParameters

func checkParameters(_ bytes: [UInt8]) throws(Fault) {
    if let fault = DecodeProbe.run(bytes.rawSpan).fault { throw Fault("\(fault)") }
}

/// A protocol's messages, as far as fuzzing them goes.
protocol MessageUnderTest: Equatable {
    static func read(_ bytes: [UInt8]) throws(WireError) -> (message: Self, report: [ErrorCause])
    static func makeError(_ causes: [ErrorCause]) -> Self
    func encoded() throws(WireEncodingError) -> [UInt8]
    var name: String { get }
}

extension ASAPMessage: MessageUnderTest {
    static func read(_ bytes: [UInt8]) throws(WireError) -> (message: ASAPMessage, report: [ErrorCause]) {
        let decoded = try decode(bytes)
        return (decoded.message, decoded.report)
    }

    static func makeError(_ causes: [ErrorCause]) -> ASAPMessage { .error(ErrorReport(causes: causes)) }

    var name: String { "\(type)" }
}

extension ENRPMessage: MessageUnderTest {
    static func read(_ bytes: [UInt8]) throws(WireError) -> (message: ENRPMessage, report: [ErrorCause]) {
        let decoded = try decode(bytes)
        return (decoded.message, decoded.report)
    }

    static func makeError(_ causes: [ErrorCause]) -> ENRPMessage {
        .error(ErrorReport(sender: RegistrarIdentifier(rawValue: 1), receiver: .undetermined, causes: causes))
    }

    var name: String { "\(type)" }
}

/// What decodes is written and read again and stays the same; what does not gives an error whose report can be sent.
func checkMessage<Message: MessageUnderTest>(_: Message.Type, _ bytes: [UInt8]) throws(Fault) {
    let read: (message: Message, report: [ErrorCause])
    do throws(WireError) {
        read = try Message.read(bytes)
    } catch {
        try require((0...bytes.count).contains(error.offset), "an error lies at byte \(error.offset) of \(bytes.count)")
        if !error.report.isEmpty { try checkEncoding(of: Message.makeError(error.report), "the report of \(error)") }
        return
    }
    try checkEncoding(of: read.message, read.message.name)
    if !read.report.isEmpty { try checkEncoding(of: Message.makeError(read.report), "a report") }
}

private func checkEncoding<Message: MessageUnderTest>(of message: Message, _ name: String) throws(Fault) {
    let written: [UInt8]
    do throws(WireEncodingError) {
        written = try message.encoded()
    } catch {
        throw Fault("\(name) cannot be written: \(error)")
    }
    let again: Message
    do throws(WireError) {
        again = try Message.read(written).message
    } catch {
        throw Fault("\(name) cannot be read as it is written: \(error)")
    }
    try require(again == message, "\(name) reads as something else than was written")
}
