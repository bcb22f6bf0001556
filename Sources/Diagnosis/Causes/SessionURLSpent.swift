import Case
import Wire

extension Cause {
    /// A URL that is valid once was dialled twice.
    static let sessionURLSpent = Cause(
        "session-url-spent", "SESSION-402", "The reconnect used a URL that is valid once",
        explains: [.refused],
        needs: [.status, .query, .credentialValues],
        explanation: """
            A URL that was handed out for one session may be dead once that session has ended, whatever the token. \
            The first connection works, every reconnect is refused; a URL fetched anew works again.
            """,
        fix: Fix("Fetch a new URL (or channel) before each reconnect."),
        references: [.rfc(6455, "7.2.3")],
        mistakenFor: ["reconnect-with-old-token", "minted-url-not-used", "token-expired"],
        refines: ["path-not-found"],
        examine: { facts in
            let said = facts.statement(of: "session-url-spent")
            guard let status = facts.status, [401, 403, 404, 410, 400].contains(status) else {
                return .silent
            }
            guard let previous = facts.openedBefore else {
                guard let said else { return .silent }
                var brief = Brief("the server says that this URL is no longer good")
                facts.add(said, to: &brief)
                return .stands(brief)
            }
            guard facts.sees(.query) else { return .untestable(.query) }
            guard facts.isTargetSeen else { return .untestable(.credentialValues) }
            guard previous.request?.head.target == facts.request?.head.target else {
                return .ruledOut(
                    "the URL differs from that of attempt \(previous.id)", at: facts.requestPlaces)
            }
            if let later = facts.comparisons.first(where: {
                $0.wasAccepted && $0.differences.subtracting([.token]).isEmpty && facts.position < $0.other
            }) {
                return .ruledOut(
                    "the same URL was accepted again later, in attempt \(facts.file.attempts[later.other].id)"
                )
            }
            let wasUsedBefore = facts.line.members[..<facts.line.place].suffix(256).count {
                facts.index.traits[Int($0)].isAccepted
            }
            if 2 <= wasUsedBefore, said == nil {
                return .ruledOut(
                    "the same URL had been accepted \(wasUsedBefore) times before", at: facts.requestPlaces)
            }
            var brief = Brief(
                fact: "The reconnect dialled the URL of attempt \(previous.id) again.",
                claim: "the URL is good for one session only")
            brief.speaksFor(
                .weak, .path, "same URL as in attempt \(previous.id), which was accepted",
                at: facts.requestPlaces)
            if let said { facts.add(said, to: &brief) }
            if let minted = facts.mintedURL, minted.isSame {
                brief.speaksFor(
                    .strong, .lineage, "the URL was minted for the first session (\(minted.text))",
                    at: minted.places, telling: true)
            }
            if let fresh = facts.freshURLAccepted {
                brief.speaksFor(
                    .strong, .comparison,
                    "attempt \(fresh.id) dialled a URL minted anew, with nothing else changed, and was accepted",
                    at: facts.places(fresh), telling: true)
                brief.proof = .differential
            }
            if let known = facts.known({ fact -> Bool? in if case .mintedURL = fact { true } else { nil } })
                .first
            {
                brief.add(known, telling: false)
            }
            facts.weighStatement(
                otherThan: ["session-url-spent", "path-not-found", "credential-judged"], against: &brief)
            brief.test = NextStep(
                "Fetch a new URL and dial it with the old token: 101 then means that only the URL was spent.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "the reconnect dials the same URL",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00}
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00}
                < HTTP/1.1 403 Forbidden
                """),
            .fires(
                .likely, "the URL was minted for the first session",
                """
                === rest
                > POST /channels HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"connectUri":"wss://api.example.org/channels/streaming-4711"}
                === upgrade
                > GET /channels/streaming-4711 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /channels/streaming-4711 HTTP/1.1
                < HTTP/1.1 404 Not Found
                """),
            .silent(
                "the reconnect dials a new URL",
                """
                === upgrade
                > GET /channels/1 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /channels/2 HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "both connects are there, and of the second the query is cut off", lacks: .query,
                """
                === upgrade
                > GET /channels/1?ticket=a1b2c3d4e5f6a7b8c9 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /channels/1 HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? query
                """),
        ]
    )
}
