/// The cells of one table by row and column, RFC 7991 §2.54, and how wide its columns become.
struct TableGrid {
    /// Columns of one table; more are cut off with a warning.
    static let maximumColumns = 64
    /// Rows that one cell may span.
    static let maximumSpan = 1000

    /// One cell, with the rows and columns that it spans.
    struct Cell {
        var element: XMLElement?
        var row: Int
        var column: Int
        var rows: Int
        var columns: Int
        /// For cells that hold text alone; what holds blocks is laid out anew for every width.
        var text: String?
        var align: String
        var isHeading: Bool
        /// As wide as the longest word.
        var least = 0
        var lines: [String] = []
    }

    private(set) var cells: [Cell] = []
    /// Which cell covers a place; by row, then column.
    private(set) var places: [[Int]] = []
    private(set) var widths: [Int] = []
    /// Blanks that each column was given.
    private var padding: [Int] = []
    private(set) var columns = 0
    private let fill: (Cell, Int) -> [String]

    /// - Parameter fill: the lines of a cell at a width.
    init(_ element: XMLElement, log: inout MessageLog, text: (XMLElement) -> String?, fill: @escaping (Cell, Int) -> [String]) {
        self.fill = fill
        let sources = ["thead", "tbody", "tfoot"].flatMap { element.elements($0) }.flatMap { $0.elements("tr") }
        places = [[Int]](repeating: [], count: sources.count)
        for (row, source) in sources.enumerated() {
            var column = 0
            for entry in source.elements where entry.name == "td" || entry.name == "th" {
                while column < places[row].count, places[row][column] >= 0 { column += 1 }
                let span = entry.number("colspan", in: 1...TableGrid.maximumColumns) ?? 1
                guard column + span <= TableGrid.maximumColumns else {
                    log.add(
                        .warning, at: entry.location,
                        "a table has at most \(TableGrid.maximumColumns) columns; the rest is left out")
                    break
                }
                let height = min(entry.number("rowspan", in: 1...TableGrid.maximumSpan) ?? 1, sources.count - row)
                add(
                    Cell(
                        element: entry, row: row, column: column, rows: height, columns: span, text: text(entry),
                        align: entry["align"] ?? "left", isHeading: entry.name == "th"))
                column += span
            }
        }
        columns = places.reduce(0) { max($0, $1.count) }
        fillGaps()
    }

    private mutating func add(_ cell: Cell) {
        cells.append(cell)
        for row in cell.row..<cell.row + cell.rows {
            let end = cell.column + cell.columns
            while places[row].count < end { places[row].append(-1) }
            for column in cell.column..<end where places[row][column] < 0 { places[row][column] = cells.count - 1 }
        }
    }

    /// Rows that are too short get empty cells.
    private mutating func fillGaps() {
        for row in places.indices {
            for column in 0..<columns where column >= places[row].count || places[row][column] < 0 {
                add(Cell(row: row, column: column, rows: 1, columns: 1, text: "", align: "left", isHeading: false))
            }
        }
    }

    /// Finds the widths: as narrow as the longest words allow, then with a blank on either side, then wider where that makes rows
    /// lower. A table that stays too wide is broken at hyphens.
    mutating func layOut(width: Int) {
        setLeastWidths(WordSplitter(hyphens: .never, separatesLines: true))
        if total > width { setLeastWidths(WordSplitter(hyphens: .beforeAnyWord, separatesLines: true)) }
        var excess = width - total
        padding = [Int](repeating: 0, count: columns)
        for column in widths.indices.sorted(by: { (widths[$0], $0) > (widths[$1], $1) }) where excess > 2 {
            widths[column] += 2
            padding[column] = 2
            excess -= 2
        }
        for index in cells.indices { cells[index].lines = lines(of: index, width: widths[cells[index].column]) }
        widen(by: excess)
    }

    /// With the frame.
    var total: Int { widths.reduce(columns + 1, +) }

    private mutating func setLeastWidths(_ splitter: WordSplitter) {
        widths = [Int](repeating: 0, count: columns)
        for (index, cell) in cells.enumerated() {
            let lines = cell.text.map { [$0] } ?? fill(cell, 10000)
            var least = 0
            for line in lines {
                let scalars = Array(line.unicodeScalars)
                for piece in splitter.pieces(of: scalars) {
                    let word = scalars[piece].drop(while: WordSplitter.isBlank)
                    let end = word.lastIndex { !WordSplitter.isBlank($0) } ?? word.startIndex - 1
                    least = max(least, end + 1 - word.startIndex)
                }
            }
            cells[index].least = least
            widths[cell.column] = max(widths[cell.column], least / cell.columns)
        }
    }

    private func lines(of index: Int, width: Int) -> [String] {
        let cell = cells[index]
        if cell.text?.isEmpty ?? false { return [] }
        let lines = fill(cell, max(1, width))
        return lines == [""] ? [] : lines
    }

    /// The column that a cell's text has.
    private func room(of cell: Cell) -> Int {
        widths[cell.column..<cell.column + cell.columns].reduce(0, +) + cell.columns - 1 - padding[cell.column]
    }

    /// Of the cells with the most lines the first is given just as much as it needs to have one line less, again and again, until
    /// there is no room for the next. The lines are those before the last step where that takes all that is left.
    private mutating func widen(by excess: Int) {
        var left = excess
        guard left > 0 else { return }
        var stale = Set(cells.indices)
        while left > 0 {
            for index in cells.indices where stale.contains(index) {
                cells[index].lines = lines(of: index, width: room(of: cells[index]))
            }
            var tallest = -1
            var most = 1
            for index in cells.indices.sorted(by: { (cells[$0].row, cells[$0].column) < (cells[$1].row, cells[$1].column) })
            where cells[index].lines.count > most {
                most = cells[index].lines.count
                tallest = index
            }
            guard tallest >= 0 else { return }
            let width = room(of: cells[tallest])
            guard let step = (1...left).first(where: { lines(of: tallest, width: width + $0).count < most }) else { return }
            let column = cells[tallest].column
            widths[column] += step
            left -= step
            stale = Set(cells.indices.filter { cells[$0].column <= column && column < cells[$0].column + cells[$0].columns })
        }
    }

    /// The columns that a cell covers, with the lines between them.
    func width(of cell: Cell) -> Int {
        widths[cell.column..<cell.column + cell.columns].reduce(0, +) + cell.columns - 1
    }
}
