import Case
import Wire

extension Cause {
    /// The connection ended before the server said anything.
    static let closedBeforeResponse = Cause(
        "closed-before-response", "NET-104", "The connection ended before any HTTP response",
        role: .generic, explains: [.failed],
        needs: .transport,
        explanation: """
            The connection was set up and then ended, by FIN or RST, before a status line. Load balancers without a \
            healthy server, middleboxes that dislike the request, and servers that crash on it all look like this.
            """,
        fix: Fix(
            "Capture nearer the server to see who ended the connection, and look into the server's log.",
            applicability: .maybeIncorrect),
        references: [.rfc(9112, "9.5")],
        mistakenFor: ["tls-to-plaintext-port", "http-version-wrong", "forward-proxy-in-the-way"],
        examine: { facts in
            let side: Side
            let word: String
            switch facts.attempt.connection.ending {
            case .finished(let by): (side, word) = (by, "FIN")
            case .reset(let by): (side, word) = (by, "RST")
            case .open, .refused, .unanswered: return .silent
            }
            if facts.clientLeftHandshake { return .silent }
            let who = side == .client ? "client" : "server"
            let when =
                facts.request == nil
                ? "before a request was seen" : "after the request, before any answer"
            if side == .client, facts.request != nil {
                var brief = Brief("the client gave up (\(word)) before the server had answered")
                brief.speaksFor(
                    .strong, .transport, "\(word) by the client \(when)", at: facts.effectPlaces,
                    telling: true)
                brief.proof = .arithmetic
                return .stands(brief)
            }
            var brief = Brief("the connection was ended from the \(who)'s side (\(word)) \(when)")
            brief.speaksFor(
                .strong, .transport, "\(word) from the \(who)'s side \(when)", at: facts.effectPlaces,
                telling: true)
            brief.proof = .arithmetic
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "RST after the request",
                """
                > GET /live HTTP/1.1
                -- rst server
                """),
            .silent("refused at once", "-- refused"),
            .unknown(
                "a console line says that it failed, and not how the connection ended", lacks: .transport,
                """
                > GET /live HTTP/1.1
                -- failed
                ?? reported transport status
                """),
        ]
    )
}
