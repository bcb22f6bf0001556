import Case
import Wire

extension Cause {
    /// An unknown path, answered with 401 or 403.
    static let pathUnknownMasked = Cause(
        "path-unknown-masked", "UPGRADE-202",
        "The path is unknown, and the gateway answers unknown paths with 401 or 403",
        explains: [.refused],
        needs: [.status, .requestFields],
        explanation: """
            Many stacks refuse an upgrade to a path that they do not know with 403: application servers that turn \
            any refusal before accepting into 403, and gateways that authenticate before they route. The token is \
            then blamed for a typing error. A second request to a path that cannot exist shows it: the same answer \
            means that the path was never looked at, or does not exist either.
            """,
        fix: Fix("Confirm the path against the documentation before touching the token."),
        references: [.rfc(9110, "15.5.4")],
        mistakenFor: ["scope-missing-inferred", "credential-in-ignored-header", "origin-refused"],
        examine: { facts in
            guard facts.status == 401 || facts.status == 403, !facts.path.isEmpty, !facts.host.isEmpty
            else { return .silent }
            if let here = facts.comparisons.first(where: { $0.wasOpened && facts.isHere($0) }) {
                let other = facts.file.attempts[here.other]
                return .ruledOut(
                    "attempt \(other.id) was upgraded on \(facts.shownPath)", at: facts.places(other))
            }
            if let judged = facts.judgedCredential {
                return .ruledOut("the server judged the credential: \(judged.quote)", at: [judged.place])
            }
            let endpoints = facts.known { fact -> (String, String)? in
                if case .endpoint(let host, let path) = fact { (host, path) } else { nil }
            }
            var brief = Brief("\(facts.shownPath) is no path that \(facts.host) knows")
            if !endpoints.isEmpty {
                if let known = endpoints.first(where: {
                    matches(facts.host, pattern: $0.value.0) && matches(facts.path, pattern: $0.value.1)
                }) {
                    return .ruledOut("the path is a documented one: \(known.text)")
                }
                if let first = endpoints.first {
                    brief.speaksFor(
                        .moderate, .profile,
                        "\(first.profile.title) documents other sockets: \(first.behaviour.says) (\(first.behaviour.basis.rawValue), checked \(first.behaviour.checked))",
                        basis: first.behaviour.basis)
                    brief.fix = Fix(
                        "Use the documented address: \(first.behaviour.says)", applicability: .maybeIncorrect)
                }
            }
            let isIndependent = facts.indifferent(.presence) != nil
            let control = facts.comparisons.first {
                $0.isSameOutcome && !$0.wasAccepted
                    && ($0.differences == .path
                        || (isIndependent && $0.differences == [.path, .presence]))
            }
            if let control {
                let other = facts.file.attempts[control.other]
                brief.speaksFor(
                    .moderate, .comparison,
                    "attempt \(other.id) on \(facts.path(ofAttempt: control.other)) was refused alike",
                    at: facts.places(other), telling: !endpoints.isEmpty)
            }
            if let fingerprint = facts.fingerprint, fingerprint.states == nil, fingerprint.suggests == nil,
                fingerprint.meaning.contains("route")
            {
                brief.speaksFor(
                    .moderate, .responder, "\(fingerprint.name): \(fingerprint.meaning)",
                    at: facts.effectPlaces)
            }
            guard !brief.evidence.isEmpty || facts.words.count <= 1 else { return .silent }
            if brief.evidence.isEmpty {
                brief.speaksFor(
                    .weak, .status, "\(facts.status ?? 403) without a reason", at: facts.effectPlaces)
            }
            if let minted = facts.mintedURL, minted.isSame {
                return .ruledOut("the URL is the one that \(minted.text) handed out", at: minted.places)
            }
            if let other = facts.indifferent(.presence) {
                brief.speaksFor(
                    .moderate, .placement,
                    "attempt \(other.id) was refused alike, with the credential or without",
                    at: facts.places(other))
            }
            facts.weighStatement(otherThan: ["path-not-found"], against: &brief)
            brief.test = facts.pathProbe
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "the path is not one that the gateway documents",
                """
                === upgrade host=gateway.example.net
                > GET /api/v2/sockets HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 403 Forbidden
                < Content-Length: 0
                """),
            .fires(
                .likely, "and a path that cannot exist is refused alike",
                """
                === upgrade host=gateway.example.net
                > GET /no-such-path-4711?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 403 Forbidden
                < Content-Length: 0
                === upgrade host=gateway.example.net
                > GET /api/v2/sockets?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 403 Forbidden
                < Content-Length: 0
                """),
            .silent(
                "the path was accepted before",
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the browser hides whether it was 401, 403 or another refusal", lacks: .status,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? status responseFields responseBody
                """),
        ]
    )
}
