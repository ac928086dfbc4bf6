/// Text that a document names instead of holding it: a file's, or that of a `data:` address (RFC 2397).
enum OutsideText {
    /// Whether an address is that of a picture, which has no text.
    static func isPicture(_ source: String, type: String?) -> Bool {
        if type == "svg" || type == "binary-art" || source.hasPrefix("data:image/") { return true }
        return [".svg", ".png", ".gif", ".jpg", ".jpeg"].contains { source.lowercased().hasSuffix($0) }
    }

    /// The text of bytes in UTF-8, with line feeds as line ends.
    static func text(_ bytes: [UInt8], of name: String) throws(DocumentError) -> String {
        let text = String(decoding: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...], as: UTF8.self)
            .replacing("\r\n", with: "\n")
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" || $0 == "\t" }) else {
            throw DocumentError("\(name) holds control characters; expected text")
        }
        return text
    }

    /// The text of a `data:` address; nil for other addresses.
    static func data(_ address: String) throws(DocumentError) -> String? {
        guard address.hasPrefix("data:") else { return nil }
        guard let comma = address.firstIndex(of: ",") else {
            throw DocumentError("a data: address without comma; expected data:text/plain,… or data:text/plain;base64,…")
        }
        let name = String(address[...comma])
        let content = unescaped(address[address.index(after: comma)...])
        guard address[..<comma].hasSuffix(";base64") else { return try text(content, of: name) }
        guard let bytes = decodedBase64(content) else { throw DocumentError("\(name)… is no base64") }
        return try text(bytes, of: name)
    }

    /// With %20 and the like as the bytes that they stand for.
    private static func unescaped(_ text: Substring) -> [UInt8] {
        let source = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == 0x25, index + 2 < source.count,
                let byte = UInt8(String(decoding: source[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                index += 3
            } else {
                result.append(source[index])
                index += 1
            }
        }
        return result
    }

    /// RFC 4648 §4; white space is passed over, padding may be left out. Nil for what is none.
    private static func decodedBase64(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var isPadded = false
        for byte in text {
            let value: UInt8
            switch byte {
            case 0x41...0x5a: value = byte - 0x41
            case 0x61...0x7a: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2b: value = 62
            case 0x2f: value = 63
            case 0x3d:
                isPadded = true
                continue
            case 0x09, 0x0a, 0x0d, 0x20: continue
            default: return nil
            }
            guard !isPadded else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        // Six bits alone are no byte.
        return count == 6 ? nil : result
    }
}
