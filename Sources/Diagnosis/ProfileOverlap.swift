import JSON

extension Profiles {
    /// Adds a profile, or replaces the one of the same id.
    ///
    /// Throws: `DataError` as for reading one, and when a host may fit one of its patterns and one of another
    /// profile, unless paths tell the two apart or the profile that it replaces had that overlap already.
    package mutating func add(file: String, bytes: [UInt8]) throws(DataError) {
        let profile = try Profile(file: file, bytes: bytes)
        let replaced = profiles.first { $0.id == profile.id }
        for other in profiles where other.id != profile.id && other.match.paths == profile.match.paths {
            guard let (own, theirs) = profile.match.overlap(with: other.match),
                replaced?.match.overlap(with: other.match) == nil
            else { continue }
            let match = try StrictNode(file: file, bytes: bytes).required("match")
            throw match.error(
                own == theirs
                    ? "expected host patterns of its own: \(other.id) has \(own) too"
                    : "expected host patterns of its own: \(theirs) of \(other.id) fits the same hosts as \(own)"
            )
        }
        profiles.removeAll { $0.id == profile.id }
        profiles.append(profile)
    }
}

extension ProfileMatch {
    /// The first two host patterns that one host may fit, or nil.
    func overlap(with other: ProfileMatch) -> (own: String, theirs: String)? {
        for own in hosts {
            for theirs in other.hosts where mayShareHost(own, theirs) { return (own, theirs) }
        }
        return nil
    }
}

/// Whether one host may fit both patterns. An open end, as in `chat.*`, leaves the domain open: it meets `*.org` in
/// names that nobody has, and so it counts only where one pattern holds the other.
private func mayShareHost(_ left: String, _ right: String) -> Bool {
    if matches(left, pattern: right) || matches(right, pattern: left) { return true }
    return !left.hasSuffix("*") && !right.hasSuffix("*") && areCompatible(Array(left.utf8), Array(right.utf8))
}

/// Whether a text may fit both patterns. A table over both, so that it costs their product and no more.
private func areCompatible(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let star: UInt8 = 0x2a
    // A row for each suffix of the left: whether it and each suffix of the right have a text in common.
    var below = (0...right.count).map { right[$0...].allSatisfy { $0 == star } }
    for place in left.indices.reversed() {
        var row = below
        row[right.count] = left[place] == star && below[right.count]
        for other in right.indices.reversed() {
            if left[place] == star {
                row[other] = below[other] || row[other + 1]
            } else if right[other] == star {
                row[other] = row[other + 1] || below[other]
            } else {
                row[other] = left[place] == right[other] && below[other + 1]
            }
        }
        below = row
    }
    return below[0]
}
