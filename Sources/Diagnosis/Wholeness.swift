import Case

/// What was not seen of an attempt and of its case, and how far a cause may rise without it.
///
/// Law: less evidence never makes a verdict stronger. What was not seen may refute a cause, or speak for a rival, so
/// that everything which was weighed and not proved stays possible where
/// - a part of the attempt itself was not seen, or
/// - a part of the case was not seen, unless the cause needs nothing but its own message and the clock.
/// And a cause that other words of the responder would contradict stays possible where some of its words were not seen,
/// unless those that were seen state it.
///
/// What is only told is never certain; and the name of a told end, such as its close code, explains nothing.
struct Wholeness {
    /// Whether somebody or some program tells of the attempt, in place of its bytes.
    var isTold: Bool
    /// Whether every part of the attempt that matters for its symptoms was seen.
    var seesAttempt: Bool
    /// Whether all that the responder said was seen.
    var seesWords: Bool
    /// Whether the rest of the case was seen, as far as anybody can tell.
    var seesCase: Bool

    /// The tier that a cause may reach here, whatever speaks for it.
    func ceiling(of tried: Tried) -> Certainty {
        let brief = tried.brief
        let most: Certainty = isTold ? (tried.role == .generic ? .possible : .likely) : .certain
        switch brief.proof {
        case .stated: return most
        case .arithmetic: return brief.isContestable && !seesWords ? .possible : most
        case .differential: return seesAttempt ? most : .possible
        case nil: return seesAttempt && (seesCase || brief.standsAlone) ? most : .possible
        }
    }
}

extension Facts {
    /// What was not seen.
    var wholeness: Wholeness {
        if let known = look.family.wholeness { return known }
        let found = findWholeness()
        look.family.wholeness = found
        return found
    }

    private func findWholeness() -> Wholeness {
        var parts: Attempt.Unseen = [.requestFields, .responseFields, .query, .credentialValues, .beginning]
        if !symptoms.isDisjoint(with: .session) { parts.insert([.frames, .closes]) }
        if symptoms.contains(.refused) { parts.insert([.status, .responseBody]) }
        if symptoms.contains(.failed) { parts = [.status, .transport] }
        return Wholeness(
            isTold: isTold,
            seesAttempt: sees(parts),
            seesWords: sees([.status, .responseFields])
                && (!symptoms.contains(.refused) || sees(.responseBody))
                && (symptoms.isDisjoint(with: .session) || sees(.partsOfSession)),
            seesCase: index.isWhole && seesHost)
    }
}

extension CaseFile {
    /// The sites of which a connection could not be read, by the names that clients asked for, or the
    /// addresses that they dialled without a name.
    var unreadSites: Set<String> {
        var sites: Set<String> = []
        for limit in limits where limit.kind == .tlsKeysMissing {
            for host in limit.hosts { sites.insert(site(of: hostOnly(host))) }
        }
        return sites
    }

    /// Whether nothing is known to be missing that another connection may have carried.
    var isWhole: Bool {
        let holes: Set<Limit.Kind> = [.packetsMissing, .inputCutShort, .boundReached]
        return !limits.contains { holes.contains($0.kind) }
    }
}
