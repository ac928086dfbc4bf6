import CLibXML2

/// The characters that the document types of xml2rfc give names to: those of HTML 4, as libxml2 knows them, and its own.
enum NamedCharacters {
    /// Entity declarations, for the parser to read in place of a document type.
    static let declarations: [UInt8] = {
        var text = ""
        for (name, value) in own + html { text += "<!ENTITY \(name) \"&#\(value);\">\n" }
        return Array(text.utf8)
    }()

    private static let own: [(String, Int)] = [("zwsp", 0x200b), ("nbhy", 0x2011), ("wj", 0x2060), ("br", 0x2028)]

    private static let html: [(String, Int)] = (160...9830).compactMap { value in
        guard let entry = unsafe htmlEntityValueLookup(CUnsignedInt(value)) else { return nil }
        return unsafe (String(cString: entry.pointee.name), value)
    }
}
