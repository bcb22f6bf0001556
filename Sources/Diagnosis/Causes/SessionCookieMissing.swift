import Case

extension Cause {
    /// Plain requests carry the session cookie, the upgrade carries none or another one.
    static let sessionCookieMissing = Cause(
        "session-cookie-missing", "AUTH-106",
        "The session cookie is absent, stale or blocked on the upgrade",
        explains: .rejected,
        needs: [.requestFields, .credentialValues],
        explanation: """
            Requests of the same client to the same site carry a session cookie and are let in; the upgrade carries \
            none, or another value. Cookies are bound to a host, a path, `Secure` and `SameSite`: a socket on another \
            host, or opened from a page of another site, goes without them. A client that is no browser sends only \
            the cookies that its code puts into the upgrade.
            """,
        fix: Fix(
            "Dial a host of the same site as the page, and send the cookie of the current session with the upgrade."
        ),
        references: [.rfc(6265, "5.4"), .rfc(9110, "15.5.2")],
        mistakenFor: ["credential-missing", "credential-lost-on-the-way", "redirected-to-login"],
        refines: ["credential-missing", "redirected-to-login"],
        examine: { facts in
            let isLogin = facts.redirection?.isLogin ?? false
            guard facts.isAboutAccess || isLogin, let sibling = facts.siblingWithCookie else {
                return .silent
            }
            guard facts.sees(.requestFields), facts.request != nil else {
                return .untestable(.requestFields)
            }
            let own = facts.sent.first { $0.credential.placement == .cookie }
            guard own == nil || facts.areTokensSeen else { return .untestable(.credentialValues) }
            if let own, facts.number(of: own) == sibling.token {
                return .ruledOut("the upgrade carries the same cookie: \(sibling.text)", at: sibling.places)
            }
            let isOther = own?.credential.name == sibling.name
            // A cookie of another name is another matter; so is a credential in another place.
            guard own == nil || isOther else { return .silent }
            var brief = Brief(
                fact: isOther
                    ? "The cookie \(sibling.name) of the upgrade has another value than before: \(sibling.text)."
                    : "The upgrade carried no cookie \(sibling.name), while \(sibling.text).",
                claim: "the session stands in that cookie")
            brief.speaksFor(
                isOther ? .moderate : .strong, .lineage, sibling.text, at: sibling.places, telling: true)
            if facts.status == 401 || isLogin {
                brief.speaksFor(
                    .moderate, .status, "\(facts.effect) is the answer to somebody who is not signed in",
                    at: facts.effectPlaces)
            } else {
                brief.cap = .possible
            }
            if !isOther, !facts.sent.isEmpty { brief.cap = .possible }
            facts.weighStatement(otherThan: ["credential-missing", "credential-judged"], against: &brief)
            brief.test = NextStep("Send the upgrade once with the cookie of a request that was let in.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the page has the cookie, the upgrade has not",
                """
                === rest
                > GET /me HTTP/1.1
                > Cookie: session=9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .possible, "with 403 it is one among several",
                """
                === rest
                > GET /me HTTP/1.1
                > Cookie: session=9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "both carry it",
                """
                === rest
                > GET /me HTTP/1.1
                > Cookie: session=9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                > Cookie: session=9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the page has the cookie, and the export left the upgrade's fields out",
                lacks: .requestFields,
                """
                === rest
                > GET /me HTTP/1.1
                > Cookie: session=9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? requestFields
                """),
        ]
    )
}
