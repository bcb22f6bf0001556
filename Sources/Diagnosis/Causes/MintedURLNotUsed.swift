import Case
import Wire

extension Cause {
    /// A response handed out the URL to dial, and another one was dialled.
    static let mintedURLNotUsed = Cause(
        "minted-url-not-used", "AUTH-112", "The URL minted for this socket was altered, spent or not used",
        explains: .rejected,
        needs: [.query, .credentialValues],
        explanation: """
            Some services hand out the URL of the socket: it holds a ticket, a signature or a channel of its own, \
            and is the credential. It must be dialled byte for byte: another host, a reordered or decoded query, or \
            a path put together by hand is another URL.
            """,
        fix: Fix("Dial exactly the URL that the response handed out, once and promptly."),
        references: [.rfc(6750, "2.3")],
        mistakenFor: ["session-url-spent", "path-unknown-masked", "credential-missing"],
        refines: ["credential-missing"],
        examine: { facts in
            guard facts.isAboutAccess || facts.status == 404 || facts.status == 410 || facts.status == 400,
                let minted = facts.mintedURL
            else { return .silent }
            guard facts.sees(.query) else { return .untestable(.query) }
            // What was replaced in the query may be what was handed out, or not.
            let isInQuery = minted.isSame || minted.difference.hasSuffix("query differs")
            guard !isInQuery || facts.isTargetSeen else { return .untestable(.credentialValues) }
            if minted.isSame {
                return .ruledOut("the URL is the one that \(minted.text) handed out", at: minted.places)
            }
            var brief = Brief(
                fact: "The URL dialled is not the one that \(minted.text) handed out\(minted.difference).",
                claim: "the service expects exactly that URL")
            brief.speaksFor(
                minted.isSameHost ? .strong : .moderate, .lineage,
                "a URL was minted before, and another one was dialled", at: minted.places,
                telling: minted.isSameHost)
            if minted.isSameHost {
                brief.speaksFor(.weak, .path, "same host, another path or query", at: facts.requestPlaces)
            }
            if let known = facts.known({ fact -> Bool? in if case .mintedURL = fact { true } else { nil } })
                .first
            {
                brief.add(known)
            }
            facts.weighStatement(
                otherThan: [
                    "session-url-spent", "credential-missing", "path-not-found", "credential-judged",
                ], against: &brief)
            brief.test = NextStep("Dial the minted URL unchanged.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the path was put together by hand",
                """
                === rest
                > POST /channels HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"connectUri":"wss://api.example.org/channels/streaming-4711","id":"streaming-4711"}
                === upgrade
                > GET /channels/live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "it was dialled unchanged",
                """
                === rest
                > POST /channels HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"connectUri":"wss://api.example.org/channels/streaming-4711","id":"streaming-4711"}
                === upgrade
                > GET /channels/streaming-4711 HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "a URL was handed out, and of the one dialled the query is cut off", lacks: .query,
                """
                === rest
                > POST /channels HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"connectUri":"wss://api.example.org/channels/4711?ticket=a1b2c3d4e5f6a7b8c9"}
                === upgrade
                > GET /channels/4711 HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? query
                """),
        ]
    )
}
