extension Timestamp {
    /// From RFC 3339 text (§5.6): `2026-11-21T02:42:13.114+01:00`. A space may stand for the `T`; without an offset the
    /// time is taken as UTC. Nil for anything else.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard 19 <= bytes.count, bytes.count <= 48, bytes[4] == 0x2d, bytes[7] == 0x2d,
            [0x54, 0x74, 0x20].contains(bytes[10]), bytes[13] == 0x3a, bytes[16] == 0x3a,
            let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]),
            let day = decimal(bytes[8..<10]),
            let hour = decimal(bytes[11..<13]), let minute = decimal(bytes[14..<16]),
            let second = decimal(bytes[17..<19]),
            let whole = Timestamp(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if position < bytes.count, bytes[position] == 0x2e || bytes[position] == 0x2c {
            position += 1
            var unit: Int64 = 100_000_000
            let first = position
            while position < bytes.count, 0x30 <= bytes[position], bytes[position] <= 0x39 {
                fraction += Int64(bytes[position] - 0x30) * unit
                unit /= 10
                position += 1
            }
            guard first < position else { return nil }
        }
        guard let offset = offsetSeconds(bytes[position...]) else { return nil }
        self.init(nanoseconds: whole.nanoseconds &+ fraction &- offset &* 1_000_000_000)
    }

    /// From parts of a date at an offset from UTC: `+0100`, `-05:00`, `Z`, or nothing for UTC. Nil when one of them is no
    /// such part.
    package init?(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, offset: some StringProtocol
    ) {
        guard let east = offsetSeconds(Array(offset.utf8)[...]),
            let local = Timestamp(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(nanoseconds: local.nanoseconds &- east &* 1_000_000_000)
    }

    /// From seconds since the epoch with a fraction; nil when it is no moment of the years 1678 to 2262.
    package init?(secondsSinceEpoch seconds: Double) {
        guard seconds.isFinite, -9_000_000_000 < seconds, seconds < 9_000_000_000 else { return nil }
        let whole = seconds.rounded(.down)
        self.init(
            nanoseconds: Int64(whole) * 1_000_000_000
                + Int64(((seconds - whole) * 1_000_000).rounded()) * 1000)
    }
}

/// The number that these digits spell, or nil when another byte is among them.
private func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    var number = 0
    for digit in digits {
        guard 0x30 <= digit, digit <= 0x39 else { return nil }
        number = number * 10 + Int(digit - 0x30)
    }
    return number
}

/// `Z`, `+hh:mm`, `-hhmm`, `+hh` or nothing, as seconds east of UTC; nil for anything else.
private func offsetSeconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let sign = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    if sign == 0x5a || sign == 0x7a { return rest.isEmpty ? 0 : nil }
    guard sign == 0x2b || sign == 0x2d else { return nil }
    let digits = rest.filter { $0 != 0x3a }
    guard digits.count == 4 || digits.count == 2, let hours = decimal(digits[..<2]),
        let minutes = digits.count == 4 ? decimal(digits[2...]) : 0, hours < 24, minutes < 60
    else { return nil }
    return (sign == 0x2b ? 1 : -1) * Int64(hours * 3600 + minutes * 60)
}
