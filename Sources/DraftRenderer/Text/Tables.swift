/// Tables, RFC 7991 §2.54.
extension TextRenderer {
    func table(_ element: XMLElement, in frame: Frame, width: Int) -> [TextLine] {
        let inner = frame.cell()
        var grid = TableGrid(
            element, log: &log,
            text: { cell in
                let blocks = cell.elements.filter { VersionConverter.blocks.contains($0.name) }
                let holder = blocks.count == 1 && blocks[0].name == "t" && cell.elements.count == 1 ? blocks[0] : cell
                return blocks.isEmpty || holder !== cell ? TextRenderer.trimmed(self.inline(holder)) : nil
            },
            fill: { cell, width in
                if let text = cell.text { return LineFilling.fill(text, width: width) }
                return cell.element.map { self.content(of: $0, in: inner, width: width).map(\.printed) } ?? []
            })
        guard grid.columns > 0 else { return [] }
        grid.layOut(width: width)
        if grid.total > width {
            log.add(.warning, at: element.location, "the table is \(grid.total) columns wide where \(width) are left")
        }
        let drawing = TableDrawing(grid)
        var lines = [TextLine](drawing.lines, of: element)
        let title = captionLines(of: element, word: "Table", width: width)
        var column = min(width, lines.widest)
        // A narrow table stands in the middle above its title.
        let least = min(26, title.joined(separator: "\n").unicodeScalars.count)
        if column < least {
            lines = lines.indented(by: (least - column) / 2)
            column = least
        }
        lines += caption(of: element, word: "Table", width: width, column: column)
        let room = max(0, width - lines.widest)
        switch element["align"] {
        case "left": return lines
        case "right": return lines.indented(by: room)
        default: return lines.indented(by: room / 2)
        }
    }

    static func trimmed(_ text: String) -> String {
        var rest = text.unicodeScalars[...]
        while let first = rest.first, WordSplitter.isBlank(first) { rest.removeFirst() }
        while let last = rest.last, WordSplitter.isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}

/// The frame and the text of a table whose widths are known.
struct TableDrawing {
    private(set) var lines: [String] = []

    init(_ grid: TableGrid) {
        let heights = grid.places.indices.map { row in
            grid.cells.reduce(0) { $1.row == row ? max($0, $1.lines.count) : $0 }
        }
        var least = [Int](repeating: Int.max, count: grid.columns)
        for cell in grid.cells {
            let width = grid.width(of: cell)
            let free = cell.lines.reduce(width) { min($0, width - DisplayWidth.of($1)) }
            least[cell.column] = min(least[cell.column], free)
        }
        let drawn = grid.cells.map { cell -> [[Character]] in
            let height = heights[cell.row..<cell.row + cell.rows].reduce(cell.rows - 1, +)
            let width = grid.width(of: cell)
            let edge = ["+"] + [Character](repeating: cell.isHeading ? "=" : "-", count: width) + ["+"]
            let text = (0..<height).map { index -> [Character] in
                let line = index < cell.lines.count ? cell.lines[index] : ""
                return ["|"] + TableDrawing.placed(line, cell.align, width: width, free: least[cell.column]) + ["|"]
            }
            return [edge] + text + [edge]
        }
        assemble(grid, drawn)
    }

    /// Row after row, where neighbours share their edges.
    private mutating func assemble(_ grid: TableGrid, _ drawn: [[[Character]]]) {
        var next = [Int](repeating: 0, count: drawn.count)
        func line(_ row: Int, moving: Bool) -> [Character] {
            var result: [Character] = []
            var column = 0
            while column < grid.columns {
                let index = grid.places[row][column]
                let cell = grid.cells[index]
                let part = drawn[index][min(next[index], drawn[index].count - 1)]
                if moving { next[index] += 1 }
                result.append(result.popLast().map { TableDrawing.merged($0, part[0]) } ?? part[0])
                result += part.dropFirst()
                column = max(column + 1, cell.column + cell.columns)
            }
            return result
        }
        var below: [Character]?
        for row in grid.places.indices {
            let own = grid.cells.indices.filter { grid.cells[$0].row == row }
            let height = own.reduce(Int.max) { min($0, drawn[$1].count) }
            guard height != Int.max else { continue }
            for index in 0..<height - 1 {
                var text = line(row, moving: true)
                if index == 0, let edge = below { text = zip(edge, text).map { TableDrawing.merged($0, $1) } }
                lines.append(String(text))
            }
            below = line(row, moving: false)
        }
        if let below { lines.append(String(below)) }
    }

    /// Two edges in one place; the heavier one wins.
    private static func merged(_ first: Character, _ second: Character) -> Character {
        switch (first, second) {
        case ("=", "+"), ("-", "+"), ("|", "+"): "+"
        case ("-", "="): "="
        default: first
        }
    }

    /// - Parameter free: what the longest line of the column leaves.
    private static func placed(_ line: String, _ align: String, width: Int, free: Int) -> [Character] {
        let text = [Character](line.unicodeScalars.map { Character($0) })
        func blanks(_ count: Int) -> [Character] { [Character](repeating: " ", count: max(0, count)) }
        if align == "center" {
            let place = centred(line, width: width)
            return blanks(place.indent) + text + blanks(width - place.indent - text.count)
        }
        let padding = width - DisplayWidth.of(line)
        let room = width - min(2, padding)
        if align == "right" {
            var result = blanks(room - text.count) + text
            if padding > 1 { result = free > 1 ? result + [" "] : [" "] + result }
            return padding > 0 ? [" "] + result : result
        }
        var result = text + blanks(room - text.count)
        if padding > 1 { result = free > 1 ? [" "] + result : result + [" "] }
        return padding > 0 ? result + [" "] : result
    }
}

/// How many columns of a terminal a text takes.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// East Asian scripts and pictures that are two columns wide (Unicode Standard Annex 11).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x23e9...0x23ec, 0x25fd...0x25fe, 0x2614...0x2615, 0x2648...0x2653,
        0x26aa...0x26ab, 0x26bd...0x26be, 0x26c4...0x26c5, 0x270a...0x270b, 0x2753...0x2755, 0x2795...0x2797, 0x2b1b...0x2b1c,
        0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f,
        0xff01...0xff60, 0xffe0...0xffe6, 0x17000...0x18cff, 0x1b000...0x1b2ff, 0x1f191...0x1f19a, 0x1f200...0x1f320,
        0x1f32d...0x1f335, 0x1f337...0x1f37c, 0x1f37e...0x1f393, 0x1f3a0...0x1f3ca, 0x1f400...0x1f4fc, 0x1f500...0x1f53d,
        0x1f550...0x1f567, 0x1f5fb...0x1f64f, 0x1f680...0x1f6c5, 0x1f900...0x1f9ff, 0x1fa70...0x1faff, 0x20000...0x3fffd,
    ]
}
