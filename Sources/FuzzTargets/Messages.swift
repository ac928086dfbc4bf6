import ASAP
import RSerPoolParameters

func checkParameters(_ bytes: [UInt8]) throws(Fault) {
    if let fault = DecodeProbe.run(bytes.rawSpan).fault { throw Fault("\(fault)") }
}

/// What decodes is written and read again and stays the same; what does not gives an error whose answer can be sent.
func checkASAPMessage(_ bytes: [UInt8]) throws(Fault) {
    let decoded: ASAPMessage.Decoded
    do throws(WireError) {
        decoded = try ASAPMessage.decode(bytes)
    } catch {
        try require((0...bytes.count).contains(error.offset), "an error lies at byte \(error.offset) of \(bytes.count)")
        guard let answer = ASAPMessage.answer(to: error) else { return }
        try checkEncoding(of: answer, "the answer to \(error)")
        return
    }
    try checkEncoding(of: decoded.message, "\(decoded.message.type)")
    if !decoded.report.isEmpty { try checkEncoding(of: .error(.init(causes: decoded.report)), "a report") }
}

private func checkEncoding(of message: ASAPMessage, _ name: String) throws(Fault) {
    let written: [UInt8]
    do throws(WireEncodingError) {
        written = try message.encoded()
    } catch {
        throw Fault("\(name) cannot be written: \(error)")
    }
    let again: ASAPMessage
    do throws(WireError) {
        again = try ASAPMessage.decode(written).message
    } catch {
        throw Fault("\(name) cannot be read as it is written: \(error)")
    }
    try require(again == message, "\(name) reads as something else than was written")
}
