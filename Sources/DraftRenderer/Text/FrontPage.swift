/// The block at the top of the first page.
extension TextRenderer {
    func headerBlock(_ front: XMLElement?) -> [TextLine] {
        let left = headerLeft(front)
        let right = headerRight(front)
        var lines: [TextLine] = []
        for index in 0..<max(left.count, right.count) {
            let start = index < left.count ? left[index] : ""
            guard index < right.count else {
                // Lines below the right column keep its width, but for the last one.
                let padding = index < left.count - 1 ? TextRenderer.pageWidth - DisplayWidth.of(start) : 0
                lines.append(TextLine(text: start + String(repeating: " ", count: max(0, padding))))
                continue
            }
            let room = TextRenderer.pageWidth - DisplayWidth.of(start) - DisplayWidth.of(right[index])
            lines.append(TextLine(text: start + String(repeating: " ", count: max(1, room)) + right[index]))
        }
        lines += [.blank, .blank]
        let title = front?.first("title").map { inline($0) } ?? ""
        if title.isEmpty { log.add(.warning, at: (front ?? root).location, "the document has no <title>") }
        lines += LineFilling.fill(title, width: TextRenderer.pageWidth, spacesSentences: false)
            .map { centred($0, width: TextRenderer.pageWidth) }
        if let name = documentName, isDraft { lines.append(centred(name, width: TextRenderer.pageWidth)) }
        return lines
    }

    var documentName: String? {
        let series = (root.first("front")?.elements("seriesInfo") ?? []).first { $0["name"] == "Internet-Draft" }
        let name = root["docName"] ?? series?["value"]
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }

    static let categories = [
        "std": "Standards Track", "bcp": "Best Current Practice", "exp": "Experimental", "historic": "Historic",
        "info": "Informational",
    ]

    var category: String { root["category"] ?? "info" }
    var stream: String { root["submissionType"] ?? "IETF" }

    private func headerLeft(_ front: XMLElement?) -> [String] {
        var lines: [String] = []
        func list(_ title: String, _ attribute: String) {
            guard let value = root[attribute], value.contains(where: { !$0.isWhitespace }) else { return }
            let numbers = value.split { $0 == "," || $0.isWhitespace }.joined(separator: ", ")
            let text = "\(title): \(numbers)\(isDraft ? " (if approved)" : "")"
            let wrapped = LineFilling.fill(text, width: 48 - title.count - 2, used: -(title.count + 2))
            lines += wrapped.enumerated().map { $0 == 0 ? $1 : String(repeating: " ", count: title.count + 2) + $1 }
        }
        let groups = (front?.elements("workgroup") ?? []).map { LineFilling.fill(inline($0), width: 48)[0] }
            .filter { !$0.isEmpty }
        // A memo outside of the IETF's rules is no Internet-Draft and no RFC.
        if root["ipr"] == "none" { return groups }
        let status = TextRenderer.categories[category] ?? category
        if let number = rfcNumber {
            lines += [
                [
                    "IETF": "Internet Engineering Task Force (IETF)", "IAB": "Internet Architecture Board (IAB)",
                    "IRTF": "Internet Research Task Force (IRTF)", "independent": "Independent Submission",
                    "editorial": "Editorial Stream",
                ][stream] ?? "Network Working Group",
                "Request for Comments: \(number)",
            ]
            for series in front?.elements("seriesInfo") ?? [] where !["RFC", "DOI", "Internet-Draft"].contains(series["name"]) {
                lines.append("\(series["name"] ?? ""): \(series["value"] ?? "")")
            }
            if let series = root["seriesNo"], ["bcp", "std", "info"].contains(category) {
                lines.append("\(["bcp": "BCP", "std": "STD"][category] ?? "FYI"): \(series)")
            }
            list("Obsoletes", "obsoletes")
            list("Updates", "updates")
            lines += ["Category: \(status)", "ISSN: 2070-1721"]
            return lines
        }
        lines += groups.isEmpty ? ["Network Working Group"] : groups
        lines.append("Internet-Draft")
        list("Obsoletes", "obsoletes")
        list("Updates", "updates")
        if root["category"] != nil { lines.append("Intended status: \(status)") }
        lines.append("Expires: \(expiry(of: date.calendarDay))")
        return lines
    }

    /// A draft lives for 185 days.
    func expiry(of day: CalendarDay) -> String {
        let day = day.advanced(byDays: 185)
        var expiry = DocumentDate(nil)
        (expiry.year, expiry.month, expiry.day) = (day.year, day.month, day.day)
        return expiry.text
    }

    private func headerRight(_ front: XMLElement?) -> [String] {
        var lines: [String] = []
        var previous = ""
        for author in front?.elements("author") ?? [] {
            var name = AuthorName(author).shown
            var own = organizationName(author)
            if name.isEmpty, let organization = own, !organization.isEmpty { (name, own) = (organization, nil) }
            if author["role"] == "editor" { name += ", Ed." }
            if !lines.isEmpty, !name.isEmpty, let own, !own.isEmpty, own == previous {
                lines[lines.count - 1] = name
                lines.append(own)
            } else {
                if !name.isEmpty { lines.append(name) }
                if let own { lines.append(own) }
            }
            previous = own ?? "-"
        }
        if previous.isEmpty, !lines.isEmpty { lines.removeLast() }
        var shown = date
        // A date of a month, without a day, is shown so.
        let given = front?.first("date")
        if given?["day"] == nil, given?["month"] != nil { shown.day = nil }
        lines.append(shown.text)
        return lines
    }

    /// As the first page shows it; nil where it is not to be shown there, empty where there is none.
    private func organizationName(_ author: XMLElement) -> String? {
        guard let organization = author.first("organization") else { return "" }
        guard organization["showOnFrontPage"] != "false" else { return nil }
        let full = OneLine.text(organization)
        let short = organization["abbrev"].flatMap { $0.isEmpty ? nil : $0 } ?? full
        guard !AuthorName.isLatin(short), let ascii = organization["ascii"], ascii != short else { return short }
        return "\(short) (\(ascii))"
    }
}

/// The text of elements that hold a name or the like, without line ends.
enum OneLine {
    static func text(_ element: XMLElement) -> String {
        LineFilling.fill(TextRenderer.trimmed(element.text), width: 10000, spacesSentences: false)[0]
    }
}
