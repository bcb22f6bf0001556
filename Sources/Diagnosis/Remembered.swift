/// What was said of an attempt, and of which others of its family it holds.
final class Remembered<Value> {
    let value: Value
    /// What was looked at for it: it holds for attempts that share that.
    let looked: Reads.Kinds
    private let clock: Clock?
    private let storm: Storm?
    private let carried: Carried?
    private let tokens: [Int]

    /// Nil where it holds for no other.
    init?(_ value: Value, _ looked: Reads.Kinds, _ facts: borrowing Facts) {
        guard !looked.contains(.rest) else { return nil }
        self.value = value
        self.looked = looked
        clock = looked.contains(.clock) ? facts.ownClock : nil
        storm = looked.contains(.storm) ? facts.ownStorm : nil
        carried = looked.contains(.claims) ? facts.look.carried : nil
        tokens = looked.contains(.tokens) ? facts.ownTokens : []
    }

    /// Whether it holds for another attempt of the same family and, where the target was looked at, of the same look.
    func holds(for facts: borrowing Facts) -> Bool {
        if looked.isEmpty { return true }
        if looked.contains(.claims), carried !== facts.look.carried { return false }
        if looked.contains(.tokens), !facts.sends(tokens) { return false }
        if looked.contains(.clock), !isSame(clock, facts.ownClock) { return false }
        return !looked.contains(.storm) || storm == facts.ownStorm
    }

    private func isSame(_ left: Clock?, _ right: Clock?) -> Bool {
        left?.at == right?.at && left?.source == right?.source
    }
}
