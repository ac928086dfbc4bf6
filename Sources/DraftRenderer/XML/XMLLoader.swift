import CLibXML2
import Glibc

/// Reads XML files into trees, by libxml2: the one file of this module that touches its pointers.
///
/// Entities are expanded, external ones out of local files only; libxml2's own bounds on expansion hold. What is not
/// well-formed is mended where libxml2 can, and said in the log.
struct XMLLoader {
    /// Elements within elements; deeper ones end the file, as libxml2 sees to.
    static let maximumDepth = 256

    let library: ReferenceLibrary

    /// Reads one file.
    /// - Returns: its root; nil where nothing could be recovered, which the log then explains.
    /// - Throws: ``DocumentError`` where the file cannot be read at all.
    func load(_ path: String, named name: String, log: inout MessageLog) throws(DocumentError) -> XMLElement? {
        let bytes = try library.read(path)
        return parse(bytes, path: path, named: name, log: &log)
    }

    /// Reads text that is not, or not yet, a file.
    func parse(_ bytes: [UInt8], path: String, named name: String, log: inout MessageLog) -> XMLElement? {
        XMLLoader.prepareLibrary
        let session = ParserSession(library: library, path: path, name: name, number: XMLLoader.number(in: bytes))
        guard let context = unsafe xmlNewParserCtxt() else { return nil }
        defer { unsafe xmlFreeParserCtxt(context) }
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue | XML_PARSE_DTDLOAD.rawValue
            | XML_PARSE_BIG_LINES.rawValue
        let document = unsafe withExtendedLifetime(session) {
            unsafe context.pointee._private = Unmanaged.passUnretained(session).toOpaque()
            unsafe context.pointee.sax.pointee.serror = { context, error in unsafe ParserSession.note(error, context) }
            return unsafe bytes.withUnsafeBytes { buffer in
                unsafe xmlCtxtReadMemory(
                    context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(clamping: buffer.count), name, nil,
                    CInt(options))
            }
        }
        for message in session.messages { log.add(message.severity, at: message.location, message.text) }
        guard let document = unsafe document else { return nil }
        defer { unsafe xmlFreeDoc(document) }
        guard let root = unsafe xmlDocGetRootElement(document) else { return nil }
        var converter = TreeConverter(file: name, tags: StartTagIndex(bytes))
        let result = unsafe converter.element(root)
        // Instructions before the root steer the whole document; they go in front of all that the root holds.
        var leading: [XMLNode] = []
        var before = unsafe root.pointee.prev
        while let node = unsafe before {
            if let instruction = unsafe converter.instruction(node) { leading.insert(instruction, at: 0) }
            unsafe before = node.pointee.prev
        }
        result.children.insert(contentsOf: leading, at: 0)
        return result
    }

    /// The number of a memo, as its first tag gives it.
    private static func number(in bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(16384), as: UTF8.self)
        return head.firstMatch(of: /<rfc\s[^>]*?\bnumber\s*=\s*["']([0-9]+)["']/).map { String($0.1) }
    }

    /// Puts the local loader of external entities in place, once; contexts of others keep the loader that was there.
    private static let prepareLibrary: Void = {
        xmlInitParser()
        let previous = unsafe xmlGetExternalEntityLoader()
        unsafe ParserSession.previousLoader = previous
        unsafe xmlSetExternalEntityLoader { url, identifier, context in
            unsafe ParserSession.openEntity(url, identifier, context)
        }
    }()
}

/// What libxml2's call-backs need of the file that they are called for.
private final class ParserSession {
    /// libxml2's own loader. Written once, before the first parse, and only read after: safe from any thread.
    nonisolated(unsafe) static var previousLoader: xmlExternalEntityLoader?

    let library: ReferenceLibrary
    let path: String
    let name: String
    /// What `&rfc.number;` stands for.
    let number: String?
    var messages: [RenderingMessage] = []

    init(library: ReferenceLibrary, path: String, name: String, number: String?) {
        self.number = number
        self.library = library
        self.path = path
        self.name = name
    }

    static func note(_ error: UnsafeMutablePointer<xmlError>?, _ userData: UnsafeMutableRawPointer?) {
        guard let error = unsafe error?.pointee, let context = unsafe userData?.assumingMemoryBound(to: xmlParserCtxt.self),
            let session = unsafe session(of: context)
        else { return }
        // Files that do not open are told of by `openEntity`, which knows where it looked.
        guard unsafe error.domain != CInt(XML_FROM_IO.rawValue) else { return }
        let text = unsafe error.message.map { unsafe String(cString: $0) } ?? "not well-formed"
        let file = unsafe error.file.map { unsafe String(cString: $0) } ?? session.name
        let severity: RenderingMessage.Severity = unsafe error.level == XML_ERR_WARNING ? .warning : .error
        let line = text.split(separator: "\n").first.map(String.init) ?? text
        guard session.messages.count < MessageLog.limit else { return }
        unsafe session.messages.append(
            RenderingMessage(
                severity, at: SourceLocation(file: file, line: Int(error.line), column: Int(error.int2)), "XML: \(line)"))
    }

    static func openEntity(
        _ url: UnsafePointer<CChar>?, _ identifier: UnsafePointer<CChar>?, _ context: UnsafeMutablePointer<xmlParserCtxt>?
    ) -> UnsafeMutablePointer<xmlParserInput>? {
        guard let context = unsafe context, let session = unsafe session(of: context) else {
            return unsafe previousLoader?(url, identifier, context)
        }
        guard let url = unsafe url.map({ unsafe String(cString: $0) }) else { return nil }
        guard let bytes = session.entityBytes(url, line: unsafe Int(context.pointee.input?.pointee.line ?? 0)) else {
            return nil
        }
        let buffer = unsafe bytes.withUnsafeBytes { bytes in
            unsafe xmlParserInputBufferCreateMem(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(clamping: bytes.count), XML_CHAR_ENCODING_NONE)
        }
        guard let buffer = unsafe buffer else { return nil }
        let input = unsafe xmlNewIOInputStream(context, buffer, XML_CHAR_ENCODING_NONE)
        if let input = unsafe input { unsafe input.pointee.filename = UnsafePointer(strdup(url)) }
        return unsafe input
    }

    private static func session(of context: UnsafeMutablePointer<xmlParserCtxt>) -> ParserSession? {
        guard let pointer = unsafe context.pointee._private else { return nil }
        return unsafe Unmanaged<ParserSession>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// The bytes of an external entity or document type. A document type's own declarations are not needed, only the
    /// characters that it names; those of every `.dtd` and `.ent` are the ones of ``NamedCharacters``.
    private func entityBytes(_ url: String, line: Int) -> [UInt8]? {
        if url.hasSuffix(".dtd") || url.hasSuffix(".ent") { return NamedCharacters.declarations }
        if url == "internal:/rfc.number" { return Array((number ?? "XXXX").utf8) }
        // libxml2 has put the folder of the file in front already.
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let name = url.hasPrefix(folder) ? String(url.dropFirst(folder.count)) : url
        switch library.resolve(name, from: path) {
        case .file(let file):
            do throws(DocumentError) {
                return try library.read(file)
            } catch {
                note(error.description, line: line)
            }
        case .missing:
            note("\(url) is in none of the reference folders; name one that has it with --bib", line: line)
        case .outside:
            note("\(url) lies outside the document's folder and the reference folders, and is not read", line: line)
        }
        return nil
    }

    private func note(_ text: String, line: Int) {
        messages.append(RenderingMessage(.error, at: SourceLocation(file: name, line: line), text))
    }
}

/// Makes our tree of libxml2's.
private struct TreeConverter {
    let file: String
    var tags: StartTagIndex

    mutating func element(_ node: UnsafeMutablePointer<xmlNode>) -> XMLElement {
        let prefix = unsafe node.pointee.ns?.pointee.prefix.map { unsafe String(cString: $0) + ":" } ?? ""
        let name = unsafe prefix + String(cString: node.pointee.name)
        let endLine = unsafe Int(xmlGetLineNo(node))
        let start = tags.location(of: name, endingOn: endLine)
        let element = XMLElement(
            name, at: SourceLocation(file: file, line: start?.line ?? endLine, column: start?.column ?? 0))
        var attribute = unsafe node.pointee.properties
        while let current = unsafe attribute {
            let prefix = unsafe current.pointee.ns?.pointee.prefix.map { unsafe String(cString: $0) + ":" } ?? ""
            let value = unsafe xmlNodeListGetString(node.pointee.doc, current.pointee.children, 1)
            unsafe element.attributes.append(
                (prefix + String(cString: current.pointee.name), value.map { unsafe String(cString: $0) } ?? ""))
            if let value = unsafe value { unsafe clibxml2_free(value) }
            unsafe attribute = current.pointee.next
        }
        unsafe appendChildren(of: node.pointee.children, to: element)
        return element
    }

    private mutating func appendChildren(of first: UnsafeMutablePointer<xmlNode>?, to element: XMLElement) {
        var child = unsafe first
        while let node = unsafe child {
            switch unsafe node.pointee.type {
            case XML_ELEMENT_NODE: element.children.append(.element(unsafe self.element(node)))
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: unsafe appendText(content(of: node), to: element)
            case XML_COMMENT_NODE: element.children.append(.comment(unsafe content(of: node)))
            case XML_PI_NODE: if let instruction = unsafe instruction(node) { element.children.append(instruction) }
            case XML_ENTITY_REF_NODE:
                // Undeclared, which the log says: its name stands for it.
                unsafe appendText("&\(String(cString: node.pointee.name));", to: element)
            default: break
            }
            unsafe child = node.pointee.next
        }
    }

    func instruction(_ node: UnsafeMutablePointer<xmlNode>) -> XMLNode? {
        guard unsafe node.pointee.type == XML_PI_NODE else { return nil }
        let location = unsafe SourceLocation(file: file, line: Int(xmlGetLineNo(node)))
        return unsafe .instruction(target: String(cString: node.pointee.name), content: content(of: node), location)
    }

    /// Neighbouring pieces of text, as an expanded entity leaves them, become one.
    private func appendText(_ text: String, to element: XMLElement) {
        if case .text(let before) = element.children.last {
            element.children[element.children.count - 1] = .text(before + text)
        } else {
            element.children.append(.text(text))
        }
    }

    private func content(of node: UnsafeMutablePointer<xmlNode>) -> String {
        unsafe node.pointee.content.map { unsafe String(cString: $0) } ?? ""
    }
}
