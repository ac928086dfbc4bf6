/// Where something stands in a source file. Lines and columns count from 1; 0 is unknown.
public struct SourceLocation: Hashable, Sendable {
    /// The file as the caller named it, or as an include named it.
    public var file: String
    /// From 1; 0 is unknown.
    public var line: Int
    /// In characters, not bytes.
    public var column: Int

    /// - Parameter column: in characters from 1; 0 is unknown.
    public init(file: String, line: Int, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension SourceLocation: Comparable, CustomStringConvertible {
    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// What an element holds, in order.
enum XMLNode {
    case element(XMLElement)
    case text(String)
    case comment(String)
    /// A processing instruction: its target, and all that follows the white space after it.
    case instruction(target: String, content: String, SourceLocation)
}

/// An element of the document. A class, since preparing a document changes it in place at many points.
final class XMLElement {
    /// The name without a namespace prefix for the document's own vocabulary; with its prefix for a foreign one.
    var name: String
    /// In source order. Names are without namespace but for `xml:`.
    var attributes: [(name: String, value: String)]
    var children: [XMLNode]
    var location: SourceLocation

    init(
        _ name: String, attributes: [(name: String, value: String)] = [], children: [XMLNode] = [],
        at location: SourceLocation
    ) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.location = location
    }

    /// The attribute's value; nil where it is missing. Setting nil removes it.
    subscript(_ attribute: String) -> String? {
        get { attributes.first { $0.name == attribute }?.value }
        set {
            let index = attributes.firstIndex { $0.name == attribute }
            switch (index, newValue) {
            case (let index?, let value?): attributes[index].value = value
            case (let index?, nil): attributes.remove(at: index)
            case (nil, let value?): attributes.append((attribute, value))
            case (nil, nil): break
            }
        }
    }

    /// The attribute's value as a number; nil where it is missing, none, or out of bounds.
    func number(_ attribute: String, in bounds: ClosedRange<Int>) -> Int? {
        self[attribute].flatMap { Int($0) }.flatMap { bounds.contains($0) ? $0 : nil }
    }

    /// The child elements, in order.
    var elements: [XMLElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// The child elements of one name, in order.
    func elements(_ name: String) -> [XMLElement] {
        elements.filter { $0.name == name }
    }

    /// The first child element of one name.
    func first(_ name: String) -> XMLElement? {
        for case .element(let element) in children where element.name == name { return element }
        return nil
    }

    /// All text within, in order, without that of comments and instructions.
    var text: String {
        var result = ""
        appendText(to: &result)
        return result
    }

    /// The text of this element itself, without that of elements within.
    var ownText: String {
        children.reduce(into: "") { result, child in if case .text(let text) = child { result += text } }
    }

    private func appendText(to result: inout String) {
        for child in children {
            switch child {
            case .text(let text): result += text
            case .element(let element): element.appendText(to: &result)
            case .comment, .instruction: break
            }
        }
    }

    /// The first element within that fits, at any depth.
    func first(where fits: (XMLElement) -> Bool) -> XMLElement? {
        for inner in elements {
            if fits(inner) { return inner }
            if let found = inner.first(where: fits) { return found }
        }
        return nil
    }

    /// Calls `body` for this element and every element within, each before those that it holds.
    func forEachElement(_ body: (XMLElement) -> Void) {
        body(self)
        for case .element(let element) in children { element.forEachElement(body) }
    }
}
