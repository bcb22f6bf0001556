import Case
import JSON
import Wire

extension Facts {
    /// The first readable token of an attempt's handshake.
    func firstJWT(of attempt: Attempt) -> JWT? {
        attempt.credentials.lazy.compactMap { file.token($0.token)?.jwt }.first { $0.claims != nil }
    }

    /// An attempt that was let in at this address with a readable token that fits.
    func acceptedHere(where fits: (JWT) -> Bool) -> Attempt? {
        for comparison in comparisons where comparison.wasAccepted && isHere(comparison) {
            let other = file.attempts[comparison.other]
            if let jwt = firstJWT(of: other), fits(jwt) { return other }
        }
        return nil
    }

    /// Whether an audience or issuer names a host.
    func names(host: String, _ text: String) -> Bool {
        Diagnosis.contains(Array(text.lowercased().utf8), Array(host.utf8))
    }

    /// Other sessions of this address that ended on an expiry of their own.
    var endsAtExpiry: [Attempt] {
        guard let own = sentJWTs.first?.jwt.expiresAt else { return [] }
        return comparisons.filter { isHere($0) }.map { file.attempts[$0.other] }.filter { other in
            guard let expiry = firstJWT(of: other)?.expiresAt, expiry != own,
                let ended = other.session?.firstClose?.at ?? other.connection.endedAt,
                other.session?.firstClose?.by != .client
            else { return false }
            return abs(ended.seconds(since: expiry)) <= 15
        }
    }

    /// The sets of regions that the host belongs to.
    var regions: [Profiles.Regions] {
        if let known = look.family.regions { return known }
        let found = options.profiles.regions(holding: host)
        look.family.regions = found
        return found
    }

    /// Where the token comes from: the host of its mint, else the host in its iss.
    var tokenOrigin: (host: String, text: String, places: [Place])? {
        for sent in sentAnywhere {
            if let mint = mint(of: sent) {
                let origin = hostOnly(mint.exchange.authority)
                return (origin, "\(sent.name), minted at \(origin),", [mint.exchange.request.place])
            }
            if let issuer = sent.jwt?.issuer {
                let parts = urlParts(issuer).host
                guard !parts.isEmpty else { continue }
                return (hostOnly(parts), "\(sent.name), issued by \(issuer),", [sent.credential.place])
            }
        }
        return nil
    }

    /// Test against production, by the labels of the two host names: possible, and no more.
    func examineStage(_ origin: (host: String, text: String, places: [Place])) -> Opinion {
        guard origin.host != host, Diagnosis.site(of: origin.host) == site else { return .silent }
        let own = stage(of: host)
        let theirs = stage(of: origin.host)
        guard own != theirs else { return .silent }
        var brief = Brief(
            fact:
                "\(origin.text) comes from \(theirs ?? "production"), and the socket's host \(host) is \(own ?? "production").",
            claim: "the environments do not know each other's tokens", cap: .possible)
        brief.speaksFor(.moderate, .token, "\(origin.text) while the host is \(host)", at: origin.places)
        return .stands(brief)
    }

    private func stage(of host: String) -> String? {
        let words = host.split { $0 == "." || $0 == "-" }
        for stage in ["staging", "stage", "test", "dev", "qa", "sandbox", "uat", "preprod"]
        where words.contains(Substring(stage)) { return stage }
        return nil
    }

    /// What a token is, where it is no access token.
    func wrongKind(of sent: Sent) -> (name: String, why: String, isMinted: Bool)? {
        if let mint = mint(of: sent) {
            switch mint.member {
            case "id_token", "idToken": return ("an ID token", "the response named it \(mint.member)", true)
            case "refresh_token", "refreshToken":
                return ("a refresh token", "the response named it \(mint.member)", true)
            default: return nil
            }
        }
        guard let claims = sent.jwt?.claims, sent.scopes == nil else { return nil }
        for mark in ["at_hash", "nonce", "c_hash"] where claims[mark] != nil {
            return ("an ID token", "it holds \(mark) and no scope", false)
        }
        if let type = claims["typ"]?.string, type.lowercased() == "refresh" || type == "ID" {
            return (type == "ID" ? "an ID token" : "a refresh token", "its typ claim is \(type)", false)
        }
        return nil
    }

    /// The access token that the same answer handed out beside this token, which is none.
    func betterSibling(of sent: Sent) -> (token: Int, member: String, own: String, places: [Place])? {
        guard let mint = mint(of: sent),
            ["id_token", "idToken", "refresh_token", "refreshToken"].contains(mint.member)
        else { return nil }
        for minted in mint.exchange.minted where minted.member.lowercased().hasPrefix("access") {
            if case .token(let other) = minted.value, other != number(of: sent) {
                return (other, minted.member, mint.member, [minted.place])
            }
        }
        return nil
    }

    /// Whether every answer of the site between that mint and this attempt was seen whole.
    func sawEverythingSince(_ mint: Exchange) -> Bool {
        let began = mint.response?.at ?? mint.request.at
        return file.exchanges.prefix(256).allSatisfy { exchange in
            guard isKin(exchange.authority) else { return true }
            if let began, let at = exchange.request.at, at < began { return true }
            if let at = exchange.request.at, let started = attempt.startedAt, started < at { return true }
            return exchange.response?.body.completeness == .complete
        }
    }

    /// A token that was minted later, before this attempt, by a call that used this one.
    func laterMint(than sent: Sent) -> (token: Int, text: String, places: [Place])? {
        guard !index.mints.isEmpty else { return nil }
        let token = number(of: sent)
        for mint in index.mints.suffix(64).reversed() where mint.token != token {
            let exchange = file.exchanges[mint.exchange]
            guard exchange.credentials.contains(where: { $0.token == token }), isKin(exchange.authority)
            else { continue }
            if let at = exchange.response?.at, let started = attempt.startedAt, started < at { continue }
            let isRefresh = exchange.minted.contains { $0.member.lowercased().contains("refresh") }
            if isRefresh { continue }
            let path = shownPath(of: exchange)
            return (mint.token, "\(exchange.request.head.method ?? "") \(path)", [exchange.request.place])
        }
        return nil
    }
}

/// Whether a host is a domain or lies under it.
func isUnder(_ host: String, _ domain: String) -> Bool {
    host == domain || host.hasSuffix("." + domain)
}

extension Profiles {
    /// One set of regions, and which of them a host belongs to.
    struct Regions {
        var domains: [String]
        var own: String
        var known: Known<[String]>
    }

    /// The sets of regions that one of these hosts belongs to.
    func regions(holding host: String) -> [Regions] {
        profiles.flatMap { profile in
            profile.behaviours.compactMap { behaviour -> Regions? in
                guard case .regions(let domains) = behaviour.fact,
                    let own = domains.first(where: { isUnder(host, $0) })
                else { return nil }
                return Regions(
                    domains: domains, own: own,
                    known: Known(profile: profile, behaviour: behaviour, value: domains))
            }
        }
    }
}
