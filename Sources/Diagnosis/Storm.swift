import Case
import Wire

/// A run of attempts of one client on one address, each soon after the one before.
struct Storm: Equatable {
    /// The longest run that is counted.
    private static let most: UInt8 = 64
    /// What is soon. Seconds.
    private static let pause = 10.0

    /// The run that ends with an attempt, by the one that ends with the attempt before.
    static func run(of earlier: UInt8, _ before: Timestamp?, _ now: Timestamp?) -> UInt8 {
        guard let before, let now, now.seconds(since: before) < pause else { return 1 }
        return min(earlier + 1, most)
    }

    /// The attempts, the last one included: two at least.
    let count: Int
    /// From the first to the last, and from one to the next on average: no finer than people are told, so that runs of
    /// the same pace are equal.
    let seconds: Double
    let spacing: Double
    /// Whether each of the last pauses is longer than the one before.
    let pausesGrow: Bool

    /// The run of so many that ends with a member of a series; nil where that is alone.
    init?(of run: Int, endingAt place: Int, in members: ArraySlice<Int32>, startedAt: (Int) -> Timestamp?) {
        let first = place - run + 1
        guard first < place, let began = startedAt(Int(members[first])),
            let now = startedAt(Int(members[place]))
        else { return nil }
        count = run
        let length = now.seconds(since: began)
        seconds = told(length)
        spacing = told(length / Double(run - 1))
        pausesGrow = Self.grow(members[max(members.startIndex, place - 4)...place], startedAt)
    }

    /// Whether each pause between these is a fifth longer than the one before; three pauses at least.
    private static func grow(_ members: ArraySlice<Int32>, _ startedAt: (Int) -> Timestamp?) -> Bool {
        guard 4 <= members.count else { return false }
        var last: (at: Timestamp, pause: Double)?
        for member in members {
            guard let at = startedAt(Int(member)) else { return false }
            guard let before = last else {
                last = (at, -1)
                continue
            }
            let pause = at.seconds(since: before.at)
            if 0 <= before.pause, pause <= before.pause * 1.2 { return false }
            last = (at, pause)
        }
        return true
    }
}

/// A length of time as `durationText` tells it: milliseconds below a second, then tenths. Seconds.
private func told(_ seconds: Double) -> Double {
    seconds < 0.95 ? (seconds * 1000).rounded(.up) / 1000 : (seconds * 10).rounded() / 10
}
