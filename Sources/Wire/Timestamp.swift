/// A moment: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct Timestamp: Sendable, Equatable, Hashable, Comparable {
    /// Nanoseconds since the epoch; may be negative. Enough for the years 1678 to 2262.
    package var nanoseconds: Int64

    /// From nanoseconds since the epoch.
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// From whole seconds since the epoch, held within the range that nanoseconds can tell.
    package init(seconds: Int64) {
        let limit = Int64.max / 1_000_000_000
        nanoseconds = min(max(seconds, -limit), limit) * 1_000_000_000
    }

    /// Whole seconds since the epoch, rounded down.
    package var seconds: Int64 { nanoseconds.floorDivided(by: 1_000_000_000) }

    /// Seconds from `earlier` to this moment, with fraction.
    package func seconds(since earlier: Timestamp) -> Double {
        (Double(nanoseconds) - Double(earlier.nanoseconds)) / 1_000_000_000
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Timestamp {
    /// RFC 3339 in UTC with microseconds: `2026-11-21T02:42:13.114530Z`.
    package var rfc3339: String {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        putDay(into: &text)
        text.append(0x54)
        putClock(fractionDigits: 6, into: &text)
        text.append(0x5a)
        return String(decoding: text, as: UTF8.self)
    }

    /// The date in UTC: `2026-11-21`.
    package var dayText: String {
        var text: [UInt8] = []
        putDay(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether another moment lies on the same day in UTC.
    package func isSameDay(as other: Timestamp) -> Bool {
        seconds.floorDivided(by: 86_400) == other.seconds.floorDivided(by: 86_400)
    }

    private func putDay(into text: inout [UInt8]) {
        let date = CivilDate(daysSinceEpoch: seconds.floorDivided(by: 86_400))
        put(date.year, 4, into: &text)
        text.append(0x2d)
        put(date.month, 2, into: &text)
        text.append(0x2d)
        put(date.day, 2, into: &text)
    }

    /// The time of day in UTC: `02:42:13` and, where digits (0 to 9) are asked for, its fraction.
    package func clockText(fractionDigits: Int = 0) -> String {
        var text: [UInt8] = []
        putClock(fractionDigits: fractionDigits, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func putClock(fractionDigits: Int, into text: inout [UInt8]) {
        let secondOfDay = seconds - seconds.floorDivided(by: 86_400) * 86_400
        put(secondOfDay / 3600, 2, into: &text)
        text.append(0x3a)
        put(secondOfDay / 60 % 60, 2, into: &text)
        text.append(0x3a)
        put(secondOfDay % 60, 2, into: &text)
        guard 0 < fractionDigits else { return }
        text.append(0x2e)
        put(nanoseconds &- seconds &* 1_000_000_000, 9, into: &text)
        text.removeLast(max(0, 9 - fractionDigits))
    }

    /// From an HTTP date, `Sat, 21 Nov 2026 02:42:13 GMT` (RFC 9110 §5.6.7, the IMF-fixdate form), or nil.
    package init?(httpDate text: String) {
        if let seconds = fixedDate(text.utf8.span) {
            self.init(seconds: seconds)
            return
        }
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" || $0 == "-" })
        guard parts.count == 8, parts[7] == "GMT",
            let day = Int(parts[1]), let year = Int(parts[3]),
            let month = Timestamp.monthNames.firstIndex(of: String(parts[2])),
            let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6])
        else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }

    /// From parts of a UTC date, or nil when one of them is no such part.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard 1 <= year, year <= 9999, 1 <= month, month <= 12, 1 <= day, day <= 31,
            0 <= hour, hour <= 23, 0 <= minute, minute <= 59, 0 <= second, second <= 60
        else { return nil }
        let days = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day)).daysSinceEpoch
        self.init(seconds: days * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

/// A date of the proleptic Gregorian calendar, without time zone.
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Counts in eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
    init(daysSinceEpoch days: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.floorDivided(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// A number in decimal, with zeros before it up to a width.
private func put(_ value: Int64, _ width: Int, into text: inout [UInt8]) {
    let start = text.count
    guard 0 <= value else {
        let digits = String(value)
        for _ in 0..<max(0, width - digits.utf8.count) { text.append(0x30) }
        text.append(contentsOf: digits.utf8)
        return
    }
    var rest = value
    while 0 < rest {
        text.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
    }
    while text.count - start < width { text.append(0x30) }
    text[start...].reverse()
}

/// The seconds of `Sat, 21 Nov 2026 02:42:13 GMT` where it stands exactly so; nil for any other spelling.
private func fixedDate(_ text: Span<UInt8>) -> Int64? {
    guard text.count == 29, text[3] == 0x2c, text[4] == 0x20, text[7] == 0x20, text[11] == 0x20,
        text[16] == 0x20,
        text[19] == 0x3a, text[22] == 0x3a, text[25] == 0x20, text.extracting(26..<29).starts(with: "GMT"),
        let day = number(text, 5..<7), let year = number(text, 12..<16), let hour = number(text, 17..<19),
        let minute = number(text, 20..<22), let second = number(text, 23..<25),
        let month = monthNumber(text.extracting(8..<11)), 1 <= year, 1 <= day, day <= 31, hour <= 23,
        minute <= 59, second <= 60, isWord(text.extracting(0..<3))
    else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
    return days * 86_400 + hour * 3600 + minute * 60 + second
}

private func isWord(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where !(0x41...0x5a ~= text[index] & 0xdf) { return false }
    return true
}

private func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    var number: Int64 = 0
    for index in range {
        guard 0x30...0x39 ~= text[index] else { return nil }
        number = number * 10 + Int64(text[index] - 0x30)
    }
    return number
}

private func monthNumber(_ name: Span<UInt8>) -> Int64? {
    let names: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
    return names.withUTF8Buffer { all in
        for month in 0..<12
        where unsafe all[month * 3] == name[0] && all[month * 3 + 1] == name[1]
            && all[month * 3 + 2] == name[2]
        { return Int64(month + 1) }
        return nil
    }
}
