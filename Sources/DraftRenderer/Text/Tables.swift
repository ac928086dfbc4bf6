/// Tables, RFC 7991 §2.54.
extension TextRenderer {
    /// Columns of one table; more are cut off with a warning.
    static let maximumColumns = 64

    private struct Cell {
        var text: String
        var columns: Int
        var align: String
        /// Part of a cell that began in a row above.
        var continuesAbove = false
    }

    private struct Row {
        var cells: [Cell]
        var isHeader: Bool
    }

    func table(_ element: XMLElement, width: Int) -> [TextLine] {
        let rows = grid(element)
        let count = rows.reduce(0) { max($0, $1.cells.reduce(0) { $0 + $1.columns }) }
        guard count > 0 else { return [] }
        let widths = columnWidths(rows, count: count, width: width)
        let total = widths.reduce(1) { $0 + $1 + 3 }
        var lines: [TextLine] = []
        for (index, row) in rows.enumerated() {
            let above = index > 0 ? rows[index - 1] : nil
            let isHeavy = row.isHeader || (above?.isHeader ?? false)
            lines.append(TextLine(text: rule(above, row, widths: widths, sign: isHeavy ? "=" : "-")))
            lines += text(of: row, widths: widths).map { TextLine(text: $0) }
        }
        if let last = rows.last {
            lines.append(TextLine(text: rule(last, nil, widths: widths, sign: last.isHeader ? "=" : "-")))
        }
        if total > width {
            log.add(.warning, at: element.location, "the table is \(total) columns wide where \(width) are left")
        }
        // The caption may be wider than the table, which then stands where its alignment puts it.
        let named = caption(of: element, word: "Table", width: 10000).last?.text.unicodeScalars.count ?? 0
        let room = named <= total ? total : max(total, min(21, width))
        func place(_ columns: Int) -> Int {
            switch element["align"] {
            case "left": 0
            case "right": max(0, width - columns)
            default: max(0, width - columns) / 2
            }
        }
        let caption = self.caption(of: element, word: "Table", width: room, from: place(room))
        return lines.indented(by: place(total)) + caption
    }

    /// Rows of cells, each with what is left of taller cells above it.
    private func grid(_ element: XMLElement) -> [Row] {
        var rows: [Row] = []
        var hanging: [Int: (rows: Int, cell: Cell)] = [:]
        for part in ["thead", "tbody", "tfoot"] {
            for group in element.elements(part) {
                for source in group.elements("tr") {
                    var cells: [Cell] = []
                    var column = 0
                    func continueAbove() {
                        while let (left, cell) = hanging[column], column < TextRenderer.maximumColumns {
                            var rest = cell
                            rest.continuesAbove = true
                            cells.append(rest)
                            hanging[column] = left > 1 ? (left - 1, cell) : nil
                            column += cell.columns
                        }
                    }
                    for entry in source.elements where entry.name == "td" || entry.name == "th" {
                        continueAbove()
                        let span = entry.number("colspan", in: 1...TextRenderer.maximumColumns) ?? 1
                        guard column + span <= TextRenderer.maximumColumns else {
                            log.add(
                                .warning, at: entry.location,
                                "a table has at most \(TextRenderer.maximumColumns) columns; the rest is left out")
                            break
                        }
                        let align = entry["align"] ?? "left"
                        let cell = Cell(text: cellText(entry), columns: span, align: align)
                        cells.append(cell)
                        if let height = entry.number("rowspan", in: 2...1000) {
                            hanging[column] = (height - 1, Cell(text: "", columns: span, align: align))
                        }
                        column += span
                    }
                    continueAbove()
                    rows.append(Row(cells: cells, isHeader: part == "thead"))
                }
            }
        }
        // Rows that are too short get empty cells.
        let count = rows.reduce(0) { max($0, $1.cells.reduce(0) { $0 + $1.columns }) }
        for index in rows.indices {
            let missing = count - rows[index].cells.reduce(0) { $0 + $1.columns }
            rows[index].cells += (0..<missing).map { _ in Cell(text: "", columns: 1, align: "left") }
        }
        return rows
    }

    private func cellText(_ cell: XMLElement) -> String {
        let blocks = cell.elements.filter { VersionConverter.blocks.contains($0.name) }
        guard !blocks.isEmpty else { return inline(cell) }
        return self.blocks(in: cell, width: TextRenderer.pageWidth).map(\.printed).joined(separator: "\u{2028}")
    }

    /// As narrow as the longest words allow, then wider where that makes rows lower.
    private func columnWidths(_ rows: [Row], count: Int, width: Int) -> [Int] {
        var least = [Int](repeating: 0, count: count)
        var full = [Int](repeating: 0, count: count)
        for row in rows {
            var column = 0
            for cell in row.cells {
                if cell.columns == 1 {
                    let lines = LineFilling.fill(cell.text, width: 10000)
                    full[column] = max(full[column], lines.reduce(0) { max($0, $1.unicodeScalars.count) })
                    for line in lines {
                        for word in line.split(separator: " ") { least[column] = max(least[column], word.unicodeScalars.count) }
                    }
                }
                column += cell.columns
            }
        }
        let room = width - 1 - 3 * count
        if full.reduce(0, +) <= room { return widened(full, for: rows) }
        return widened(lowered(least, rows: rows, room: room), for: rows)
    }

    /// Widens columns where that makes a row lower: of the cells with the most lines the first is given just as much as it needs to
    /// have one line less, again and again, until there is no room for the next.
    private func lowered(_ least: [Int], rows: [Row], room: Int) -> [Int] {
        struct Tall {
            var text: String
            var column: Int
            var height = 0
        }
        var widths = least
        func height(_ text: String, _ width: Int) -> Int { LineFilling.fill(text, width: max(1, width)).count }
        var cells: [Tall] = []
        for row in rows {
            var column = 0
            for cell in row.cells {
                if cell.columns == 1, !cell.text.isEmpty {
                    cells.append(Tall(text: cell.text, column: column, height: height(cell.text, widths[column])))
                }
                column += cell.columns
            }
        }
        var left = room - widths.reduce(0, +)
        while left > 0, let most = cells.map(\.height).max(), most > 1, let tallest = cells.first(where: { $0.height == most })
        {
            let width = widths[tallest.column]
            guard let step = (1...left).first(where: { height(tallest.text, width + $0) < most }) else { break }
            widths[tallest.column] += step
            left -= step
            for place in cells.indices where cells[place].column == tallest.column && cells[place].height > 1 {
                cells[place].height = height(cells[place].text, widths[tallest.column])
            }
        }
        return widths
    }

    /// Room for the longest words of cells that span columns.
    private func widened(_ widths: [Int], for rows: [Row]) -> [Int] {
        var result = widths
        for row in rows {
            var column = 0
            for cell in row.cells {
                if cell.columns > 1 {
                    let words = LineFilling.fill(cell.text, width: 10000).flatMap { $0.split(separator: " ") }
                    let longest = words.reduce(0) { max($0, $1.unicodeScalars.count) }
                    let has = result[column..<column + cell.columns].reduce(0, +) + 3 * (cell.columns - 1)
                    result[column] += max(0, longest - has)
                }
                column += cell.columns
            }
        }
        return result
    }

    private func text(of row: Row, widths: [Int]) -> [String] {
        var column = 0
        var filled: [(lines: [String], width: Int, align: String)] = []
        for cell in row.cells {
            let width = widths[column..<column + cell.columns].reduce(0, +) + 3 * (cell.columns - 1)
            filled.append((cell.text.isEmpty ? [] : LineFilling.fill(cell.text, width: max(1, width)), width, cell.align))
            column += cell.columns
        }
        let height = max(1, filled.reduce(0) { max($0, $1.lines.count) })
        return (0..<height).map { line in
            filled.reduce(into: "|") { result, cell in
                let text = line < cell.lines.count ? cell.lines[line] : ""
                let padding = max(0, cell.width - text.unicodeScalars.count)
                let before: Int
                switch cell.align {
                case "right": before = padding
                case "center": before = centred(text, width: cell.width).indent
                default: before = 0
                }
                result += " " + String(repeating: " ", count: before) + text
                result += String(repeating: " ", count: max(0, padding - before)) + " |"
            }
        }
    }

    /// The line between two rows, with a corner wherever a side of a cell meets it.
    private func rule(_ above: Row?, _ below: Row?, widths: [Int], sign: Character) -> String {
        func edges(_ row: Row?) -> Set<Int> {
            var result: Set<Int> = []
            var column = 0
            for cell in row?.cells ?? [] {
                column += cell.columns
                result.insert(column)
            }
            return result
        }
        let corners = edges(above).union(edges(below))
        var open: Set<Int> = []
        var column = 0
        for cell in below?.cells ?? [] {
            if cell.continuesAbove { open.formUnion(column..<column + cell.columns) }
            column += cell.columns
        }
        var result = open.contains(0) ? "|" : "+"
        for (column, width) in widths.enumerated() {
            let isOpen = open.contains(column)
            result += String(repeating: isOpen ? " " : sign, count: width + 2)
            let isLast = column == widths.count - 1
            if isOpen, isLast || open.contains(column + 1) {
                result += corners.contains(column + 1) ? "|" : " "
            } else {
                result.append(corners.contains(column + 1) || isLast ? "+" : sign)
            }
        }
        return result
    }
}
