import Case
import Wire

/// A run of attempts of one client on one address, each soon after the one before.
struct Storm: Equatable {
    /// The longest run that is looked at.
    private static let most = 64

    /// The attempts, the last one included: two at least.
    let count: Int
    /// From the first to the last, and from one to the next on average: no finer than people are told, so that runs of
    /// the same pace are equal.
    let seconds: Double
    let spacing: Double
    /// Whether each of the last pauses is longer than the one before.
    let pausesGrow: Bool

    /// The run that ends with a member of a series; nil where no other comes soon before it.
    init?(endingAt place: Int, in members: ArraySlice<Int32>, startedAt: (Int) -> Timestamp?) {
        guard let now = startedAt(Int(members[place])) else { return nil }
        var first = place
        var began = now
        while members.startIndex < first, place - first < Self.most - 1,
            let earlier = startedAt(Int(members[first - 1])), began.seconds(since: earlier) < 10
        {
            first -= 1
            began = earlier
        }
        guard first < place else { return nil }
        count = place - first + 1
        let length = now.seconds(since: began)
        seconds = told(length)
        spacing = told(length / Double(place - first))
        let times = members[max(members.startIndex, place - 4)...place].compactMap { startedAt(Int($0)) }
        let pauses = zip(times.dropFirst(), times).map { $0.seconds(since: $1) }
        pausesGrow =
            3 <= pauses.count && zip(pauses.dropFirst(), pauses).allSatisfy { $1 * 1.2 < $0 }
    }
}

/// A length of time as `durationText` tells it: milliseconds below a second, then tenths. Seconds.
private func told(_ seconds: Double) -> Double {
    seconds < 0.95 ? (seconds * 1000).rounded(.up) / 1000 : (seconds * 10).rounded() / 10
}
