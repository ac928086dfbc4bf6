/// A part of a document, as the `xpointer` of an `xi:include` names it: an anchor, `element(/1/3)` or `element(anchor/2)`
/// (XPointer element() Scheme), or `xpointer(/rfc/back//reference[@anchor='RFC2119'])` with steps of names, numbers and attributes.
struct XMLPointer {
    /// Steps of one pointer.
    static let maximumSteps = 32

    private struct Step {
        /// Nil for any.
        var name: String?
        /// Whether it may lead any number of elements down.
        var isDeep = false
        var number: Int?
        var attribute: (name: String, value: String)?
    }

    let text: String
    private var anchor: String?
    private var steps: [Step] = []

    init(_ text: String) throws(DocumentError) {
        self.text = text
        if let path = XMLPointer.content(text, of: "element") {
            var parts = path.split(separator: "/", omittingEmptySubsequences: false)
            let first = parts.removeFirst()
            anchor = first.isEmpty ? nil : String(first)
            for part in parts {
                guard let number = Int(part), number > 0 else { throw XMLPointer.misunderstood(text) }
                steps.append(Step(number: number))
            }
        } else if let path = XMLPointer.content(text, of: "xpointer") {
            steps = try XMLPointer.steps(path, text)
        } else {
            anchor = text
        }
        let isSound = anchor?.allSatisfy { !$0.isWhitespace && !"()/[]".contains($0) } ?? true
        guard isSound, anchor != "", anchor != nil || !steps.isEmpty, steps.count <= XMLPointer.maximumSteps else {
            throw XMLPointer.misunderstood(text)
        }
    }

    private static func content(_ text: String, of scheme: String) -> Substring? {
        guard text.hasPrefix(scheme + "("), text.hasSuffix(")") else { return nil }
        return text.dropFirst(scheme.count + 1).dropLast()
    }

    private static func misunderstood(_ text: String) -> DocumentError {
        DocumentError(
            "xpointer=\"\(text)\" is not understood; expected an anchor, element(/1/2), or xpointer(/rfc/back//name[@attribute='value'])"
        )
    }

    private static func steps(_ path: Substring, _ text: String) throws(DocumentError) -> [Step] {
        var result: [Step] = []
        var rest = path
        while !rest.isEmpty {
            guard
                let match = rest.prefixMatch(
                    of:
                        /(\/\/?)(\*|[A-Za-z_][A-Za-z0-9_.\-]*)(?:\[(?:([1-9][0-9]{0,8})|@([A-Za-z:]+)=(?:'([^']*)'|"([^"]*)"))\])?/
                )
            else { throw misunderstood(text) }
            var step = Step(name: match.2 == "*" ? nil : String(match.2), isDeep: match.1 == "//")
            step.number = match.3.flatMap { Int($0) }
            step.attribute = match.4.map { (String($0), String(match.5 ?? match.6 ?? "")) }
            result.append(step)
            rest = rest[match.range.upperBound...]
        }
        return result
    }

    /// The elements that it leads to, in the document's order, none within another.
    func elements(in root: XMLElement) -> [XMLElement] {
        let document = XMLElement("document", children: [.element(root)], at: root.location)
        var found = [document]
        if let anchor {
            guard let start = document.first(where: { $0["anchor"] == anchor || $0["xml:id"] == anchor }) else { return [] }
            found = [start]
        }
        for step in steps {
            var seen: Set<ObjectIdentifier> = []
            found = found.flatMap { XMLPointer.elements(step, of: $0) }.filter { seen.insert(ObjectIdentifier($0)).inserted }
        }
        return XMLPointer.outermost(found)
    }

    /// A number counts among the children of one element, as in XPath.
    private static func elements(_ step: Step, of parent: XMLElement) -> [XMLElement] {
        var fitting = parent.elements.filter { step.name == nil || $0.name == step.name }
        if let attribute = step.attribute { fitting = fitting.filter { $0[attribute.name] == attribute.value } }
        if let number = step.number { fitting = fitting.indices.contains(number - 1) ? [fitting[number - 1]] : [] }
        guard step.isDeep else { return fitting }
        return fitting + parent.elements.flatMap { elements(step, of: $0) }
    }

    private static func outermost(_ found: [XMLElement]) -> [XMLElement] {
        var inner: Set<ObjectIdentifier> = []
        for element in found where !inner.contains(ObjectIdentifier(element)) {
            element.forEachElement { if $0 !== element { inner.insert(ObjectIdentifier($0)) } }
        }
        return found.filter { !inner.contains(ObjectIdentifier($0)) }
    }
}
