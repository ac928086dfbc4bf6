/// A page of all requirements with their marks and proofs, for reading: one file, no script, nothing fetched.
package struct RequirementMatrix {
    private let trace: RequirementTrace

    package init(_ trace: RequirementTrace) {
        self.trace = trace
    }

    package var html: String {
        var html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Requirements</title>
            <style>
            body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem }
            table { border-collapse: collapse; width: 100% }
            th, td { border-bottom: 1px solid #8886; padding: .4rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
            code { font-size: .85em }
            .proven { color: #067a2e } .excepted { color: #8a6100 } .open { color: #b00020 }
            @media (max-width: 50rem) { thead { display: none } tr, td { display: block } td { border: 0 }
              tr { border-bottom: 1px solid #8886; padding: .5rem 0 } }
            @media (prefers-color-scheme: dark) { body { background: #111; color: #ddd }
              .proven { color: #5ed08a } .excepted { color: #e0b050 } .open { color: #ff7088 } }
            </style></head><body><h1>Requirements</h1>

            """
        html += summary
        for specification in trace.specifications {
            let name = Self.escaped(specification)
            html += "<h2 id=\"\(name)\">\(name)</h2>\n<table><thead><tr>"
            for heading in ["Identifier", "Level", "Requirement", "Status", "Code and tests, or why not"] {
                html += "<th>\(heading)</th>"
            }
            html += "</tr></thead>\n<tbody>\n"
            for entry in trace.entries(of: specification) { html += row(entry) }
            html += "</tbody></table>\n"
        }
        return html + "</body></html>\n"
    }

    private var summary: String {
        var html = "<table><thead><tr><th>Specification</th>"
        for level in RequirementLevel.allCases { html += "<th>\(level.rawValue)</th>" }
        html += "</tr></thead>\n<tbody>\n"
        for specification in trace.specifications {
            let name = Self.escaped(specification)
            html += "<tr><td><a href=\"#\(name)\">\(name)</a></td>"
            for level in RequirementLevel.allCases {
                let counts = CoverageCounts(trace.entries(of: specification).filter { $0.requirement.level == level })
                html += "<td>\(counts.all == 0 ? "" : "\(level.rawValue): \(counts)")</td>"
            }
            html += "</tr>\n"
        }
        return html + "</tbody></table>\n"
    }

    private func row(_ entry: RequirementTrace.Entry) -> String {
        let requirement = entry.requirement
        let identifier = Self.escaped(requirement.identifier.description)
        var evidence = (entry.marks + entry.proofs).map { "<code>\(Self.escaped($0))</code>" }
        if let exception = entry.exception { evidence.append(Self.escaped(exception)) }
        return """
            <tr id="\(identifier)"><td><a href="#\(identifier)">\(identifier)</a></td><td>\(requirement.level.rawValue)</td>\
            <td>\(Self.escaped(requirement.text))</td><td class="\(entry.status.rawValue)">\(entry.status.rawValue)</td>\
            <td>\(evidence.joined(separator: "<br>"))</td></tr>

            """
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
