import Case

extension Facts {
    /// An attempt that was let in at this very address and sent no credential, as far as anybody can see.
    var acceptedWithoutCredential: Attempt? {
        let address = request?.head.target
        for comparison in comparisons
        where comparison.wasAccepted && isHere(comparison)
            && index.traits[comparison.other].carrierCount == 0
        {
            let other = file.attempts[comparison.other]
            if other.request?.head.target == address, other.allCredentials.isEmpty { return other }
        }
        return nil
    }

    /// A credential of the upgrade in a place that a profile says is read.
    var sentWhereRead: Sent? {
        let read = known { fact -> Behaviour.Channel? in
            if case .credentialChannel(let channel, _, true) = fact { channel } else { nil }
        }
        return sent.first { sent in read.contains { $0.value.rawValue == sent.credential.placement.rawValue }
        }
    }

    /// A profile that takes the credential in the first message, and says of no place of the upgrade that it is read.
    var messageIsThePlace: Known<Behaviour.Channel>? {
        let read = known { fact -> Behaviour.Channel? in
            if case .credentialChannel(let channel, _, true) = fact { channel } else { nil }
        }
        return read.allSatisfy { $0.value == .message } ? read.first : nil
    }

    /// Whether the URL holds something that may be a credential by itself: a part of the path, or a value of the
    /// query, that looks made up by a machine.
    var hasIdentifier: Bool {
        let parts = targetParts(request?.head.target ?? "")
        let pieces = parts.path.split(separator: "/") + parts.parameters.map { Substring($0.value) }
        return pieces.contains { piece in
            8 <= piece.utf8.count && 3 <= piece.utf8.count { 0x30 <= $0 && $0 <= 0x39 }
        }
    }

    /// The same for a place that pasted code shows, and no handshake.
    private func examineToldPlacement(_ placement: Credential.Placement) -> Opinion {
        guard let told = toldCredential(in: placement.rawValue), sent.isEmpty else { return .silent }
        let word = placement == .header ? "in a header field" : "in the query"
        var brief = Brief("this gateway does not read the credential \(word)", cap: .possible)
        brief.speaksFor(.weak, .placement, told.text, at: [told.place])
        let elsewhere = known { fact -> Behaviour.Channel? in
            if case .credentialChannel(let channel, _, true) = fact { channel } else { nil }
        }
        if let first = elsewhere.first,
            !elsewhere.contains(where: { $0.value.rawValue == placement.rawValue })
        {
            brief.add(first)
        }
        brief.test = NextStep("Send the same token in another place on the same URL, and once not at all.")
        return .stands(brief)
    }

    /// Whether the credential stands in a place that this gateway does not read: the common part of the causes for
    /// header and query.
    func examinePlacement(_ placement: Credential.Placement, slug: String) -> Opinion {
        let here = sent.filter { $0.credential.placement == placement }
        guard isAboutAccess else { return .silent }
        guard let own = here.first else { return examineToldPlacement(placement) }
        // Another credential beside it may be the one that was read.
        let isAlone = here.count == sent.count
        if isAlone, let judged = judgedCredential {
            return .ruledOut(
                "the server judged the credential, so it read it: \(judged.quote)", at: [judged.place])
        }
        if let same = accepted(differingOnlyIn: [.token, .client, .fields, .cookies, .origin, .query]) {
            return .ruledOut(
                "attempt \(same.id) was accepted with its credential in the same place", at: places(same))
        }
        let word = place(of: own.credential)
        var brief = Brief("this gateway does not read the credential \(word)")
        if let other = decisive(.placement) {
            let there = other.credentials.first.map(place(of:)) ?? "elsewhere"
            brief = Brief("this gateway reads the credential \(there), not \(word)")
            brief.speaksFor(
                .strong, .comparison,
                "attempt \(other.id) sent the same token \(there), differs in nothing else, and was accepted",
                at: places(other), telling: true)
            brief.proof = .differential
            brief.fix = Fix("Send the token \(there), as attempt \(other.id) did.")
            return .stands(brief)
        }
        if let other = indifferent(.placement) {
            return .ruledOut(
                "attempt \(other.id) sent the same token elsewhere and was refused alike", at: places(other))
        }
        if let further = comparisons.first(where: {
            symptoms.contains(.refused) && $0.differences.contains(.placement)
                && $0.differences.subtracting([.placement, .subprotocol, .name]).isEmpty
                && file.attempts[$0.other].outcome == .opened
        }), isAlone {
            let other = file.attempts[further.other]
            let there = other.credentials.first.map(place(of:)) ?? "elsewhere"
            brief.speaksFor(
                .strong, .comparison, "attempt \(other.id) sent the same token \(there) and got a 101",
                at: places(other), telling: true)
            brief.cap = .likely
            brief.fix = Fix(
                "Keep the credential \(there): attempt \(other.id) got past this check with it.",
                applicability: .maybeIncorrect)
        }
        let channels = known { fact -> (Behaviour.Channel, String?, Bool)? in
            if case .credentialChannel(let channel, let name, let isRead) = fact {
                (channel, name, isRead)
            } else {
                nil
            }
        }
        let channel: Behaviour.Channel = placement == .header ? .header : .query
        if let read = channels.first(where: { $0.value.0 == channel && $0.value.2 }) {
            return .ruledOut("the place is a documented one: \(read.text)")
        }
        if let ignored = channels.first(where: { $0.value.0 == channel && !$0.value.2 }) {
            brief.add(ignored, .strong)
        } else if let elsewhere = channels.first(where: { $0.value.2 }) {
            brief.add(elsewhere)
        }
        if let other = channels.first(where: { $0.value.2 && $0.value.0 != .none }), let name = other.value.1
        {
            brief.fix = Fix(
                "Send the token as the \(other.value.0.rawValue) parameter \(name), where this gateway reads it."
            )
        }
        if let said = statement(of: "credential-missing") {
            brief.speaksFor(
                .strong, .words, "the server found none although one is \(word): \(said.quote)",
                at: [said.place],
                telling: true)
        } else if let bare = indifferent(.presence) {
            brief.speaksFor(
                .moderate, .comparison, "attempt \(bare.id) without the credential was refused alike",
                at: places(bare))
        }
        let isOnly = isAlone && sees([.requestFields, .query])
        brief.speaksFor(
            .weak, .placement, "\(own.name) was sent \(word)\(isOnly ? " only" : "")", at: requestPlaces)
        weighStatement(otherThan: [slug, "credential-missing", "credential-judged"], against: &brief)
        brief.test = NextStep("Send the same token in another place on the same URL, and once not at all.")
        return .stands(brief)
    }
}
