/// Numbers that look random and are the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    /// A generator that always gives the same numbers for the same seed.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to `bound`, which is at least 1.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Whether something happens that happens `percent` times in a hundred.
    package mutating func chance(percent: Int) -> Bool { below(100) < percent }

    /// `count` bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

/// Damaged copies of `bytes`: bits flipped, bytes set to extremes, ranges cut out, doubled or filled, the end cut off.
package func damaged(_ bytes: [UInt8], copies: Int, seed: UInt64) -> [[UInt8]] {
    var random = SeededRandom(seed: seed)
    return (0..<copies).map { _ in
        var copy = bytes
        for _ in 0...random.below(4) where !copy.isEmpty { damage(&copy, &random) }
        return copy
    }
}

/// One change of the kinds that find mistakes in readers.
private func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let start = random.below(bytes.count)
    let end = min(bytes.count, start + 1 + random.below(16))
    switch random.below(7) {
    case 0, 1: bytes[start] ^= 1 << UInt8(random.below(8))
    case 2: bytes[start] = [0, 0x7f, 0x80, 0xff][random.below(4)]
    case 3: for index in start..<end { bytes[index] = 0xff }
    case 4: bytes.removeSubrange(start..<end)
    case 5: bytes.insert(contentsOf: Array(bytes[start..<end]), at: start)
    default: bytes.removeSubrange(start...)
    }
}
