/// A day of the calendar, and a document's date, of which the day may be missing.
public struct CalendarDay: Hashable, Sendable, Comparable {
    /// As it is written, such as 2026.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// A day from its parts, which are not checked.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day of a text like `2026-11-22`; nil where it is none.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]),
            (1...12).contains(month), day >= 1, day <= CalendarDay.lastDay(of: month, year: year)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day, by universal time, that lies this many seconds after the start of 1970.
    public init(secondsSince1970 seconds: Int) {
        self.init(dayNumber: Int((Double(seconds) / 86400).rounded(.down)) + 719468)
    }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The day so many days later, or earlier where the number is negative.
    public func advanced(byDays days: Int) -> CalendarDay {
        CalendarDay(dayNumber: dayNumber + days)
    }

    static func lastDay(of month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since the first of March of the year 0; the leap day then ends its year.
    private var dayNumber: Int {
        let year = month <= 2 ? year - 1 : year
        let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + ofYear
    }

    private init(dayNumber: Int) {
        let era = dayNumber / 146097
        let ofEra = dayNumber % 146097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * ofYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month, day: ofYear - (153 * monthIndex + 2) / 5 + 1)
    }
}

/// The date on a document or reference.
struct DocumentDate {
    var year: Int?
    var month: Int?
    var day: Int?
    /// Whether a day was put in for a month that is given without one.
    private var isWithoutDay = false

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// The number of a month by its English name, the start of one, or its number.
    static func month(_ text: String) -> Int? {
        if let number = Int(text) { return (1...12).contains(number) ? number : nil }
        guard text.count >= 3 else { return nil }
        return months.firstIndex { $0.lowercased().hasPrefix(text.lowercased()) }.map { $0 + 1 }
    }

    init(_ element: XMLElement?) {
        year = element?.number("year", in: 1...9999)
        month = element?["month"].flatMap(DocumentDate.month)
        day = element?.number("day", in: 1...31)
    }

    /// The date of the document itself: what is missing is today's, and a day of a past month its last.
    init(_ element: XMLElement?, today: CalendarDay) {
        self.init(element)
        let isGiven = day != nil
        let year = self.year ?? today.year
        let month = self.month ?? (year == today.year ? today.month : 12)
        self.year = year
        isWithoutDay = !isGiven && self.month != nil
        self.month = month
        if !isGiven {
            let isCurrent = year == today.year && month == today.month
            day = isCurrent ? today.day : CalendarDay.lastDay(of: month, year: year)
        }
    }

    /// For comparing; a date without a year is the latest.
    var calendarDay: CalendarDay { CalendarDay(year: year ?? 9999, month: month ?? 12, day: day ?? 1) }

    /// As the sentences about a document's status take it, which count from the first of a month without a day.
    var statedDay: CalendarDay {
        var result = calendarDay
        if isWithoutDay { result.day = 1 }
        return result
    }

    /// "May 2020" or "2020".
    var monthText: String {
        [month.map { DocumentDate.months[$0 - 1] }, year.map(String.init)].compactMap(\.self).joined(separator: " ")
    }

    /// "3 May 2020", "May 2020" or "2020".
    var text: String {
        [day.flatMap { month == nil ? nil : String($0) }, month.map { DocumentDate.months[$0 - 1] }, year.map(String.init)]
            .compactMap(\.self).joined(separator: " ")
    }
}
