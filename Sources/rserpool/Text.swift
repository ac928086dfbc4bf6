/// Text in columns.
enum Text {
    /// The text with spaces behind it, up to a width.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// `1 element`, `2 elements`.
    static func count(_ count: Int, _ name: String) -> String {
        "\(count) \(name)\(count == 1 ? "" : "s")"
    }

    /// Columns under their headings.
    static func table(_ headings: [String], _ rows: [[String]]) -> String {
        let widths = headings.indices.map { column in
            rows.reduce(headings[column].count) { max($0, $1[column].count) }
        }
        return ([headings] + rows).map { row in
            trimmingTrailingSpaces(zip(row, widths).map { padded($0, to: $1 + 2) }.joined())
        }.joined(separator: "\n")
    }

    /// Seconds with three decimals.
    static func seconds(_ time: Double) -> String {
        let milliseconds = max(0, Int((time * 1000).rounded()))
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// A 32-bit identifier as `0x` and eight hexadecimal digits.
    static func identifier(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    static func trimmingTrailingSpaces(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }

    /// `19:04:05.123` in UTC.
    static func clock(_ seconds: Double) -> String {
        let milliseconds = Int(seconds * 1000) % 86_400_000
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return [
            digits(milliseconds / 3_600_000, 2), digits(milliseconds / 60_000 % 60, 2), digits(milliseconds / 1000 % 60, 2),
        ].joined(separator: ":") + "." + digits(milliseconds % 1000, 3)
    }
}
