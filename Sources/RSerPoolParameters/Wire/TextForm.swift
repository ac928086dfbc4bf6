/// `value` in lower-case hexadecimal after `0x`, filled with zeros up to `digits` digits.
func hexadecimal(_ value: some FixedWidthInteger, digits: Int) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// Bytes as lower-case hexadecimal digits without separators; past `limit` bytes an ellipsis and the count stand for the rest.
func hexadecimal(_ bytes: some Collection<UInt8>, limit: Int = 32) -> String {
    var text = ""
    for byte in bytes.prefix(limit) {
        if byte < 16 { text.append("0") }
        text += String(byte, radix: 16)
    }
    return bytes.count > limit ? text + "… (\(bytes.count) bytes)" : text
}

/// What a value's text form ends with where it has unknown parameters within.
func textForm(of preserved: [PreservedParameter]) -> String {
    preserved.isEmpty ? "" : " + " + preserved.map(\.description).joined(separator: ", ")
}
