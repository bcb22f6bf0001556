package import Wire

/// A span of time in words, two units at most: `12 s`, `41 min`, `2 h 5 min`, `3 days 4 h`. The sign is left out.
package func durationWords(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e12 else { return "a very long time" }
    let whole = Int(seconds.magnitude)
    func pair(_ count: Int, _ unit: String, _ rest: Int, _ smaller: String) -> String {
        rest == 0 ? "\(count) \(unit)" : "\(count) \(unit) \(rest) \(smaller)"
    }
    switch whole {
    case ..<120: return "\(whole) s"
    case ..<7200: return "\(whole / 60) min"
    case ..<172_800: return pair(whole / 3600, "h", whole % 3600 / 60, "min")
    case ..<63_072_000: return pair(whole / 86_400, "days", whole % 86_400 / 3600, "h")
    default: return "\(whole / 31_536_000) years"
    }
}

/// How an expiry stands to a moment: `expired 12 min before`, `expires in 41 min`, `expires at this second`.
package func expiryWords(_ expiry: Timestamp, at now: Timestamp) -> String {
    let left = expiry.seconds(since: now)
    if left.magnitude < 1 { return "expires at this second" }
    return left < 0 ? "expired \(durationWords(left)) before" : "expires in \(durationWords(left))"
}

/// How a moment stands to another: `41 min ago`, `in 2 h 5 min`, `now`.
package func momentWords(_ moment: Timestamp, at now: Timestamp) -> String {
    let left = moment.seconds(since: now)
    if left.magnitude < 1 { return "now" }
    return left < 0 ? "\(durationWords(left)) ago" : "in \(durationWords(left))"
}
