import Case
import Wire

extension Cause {
    /// The session ended when its token did.
    static let tokenExpiredMidSession = Cause(
        "token-expired-mid-session", "TOKEN-104", "The token expired while the session was open",
        explains: [.closed, .lost],
        needs: [.requestFields, .query, .credentialValues, .frames, .closes],
        asks: [.times, .claims],
        explanation: """
            Some servers end a socket when the token that opened it expires; others check it at the handshake only. \
            The sign is a close that falls on `exp`, whatever the traffic, and again on the next connection with \
            that one's own `exp`.
            """,
        fix: Fix(
            "Renew the token before it ends: in band if the server offers it, else by a second connection that overlaps the first."
        ),
        references: [.rfc(7519, "4.1.4")],
        mistakenFor: ["server-idle-timeout", "maximum-age-reached", "intermediary-idle-timeout"],
        examine: { facts in
            guard let ended = facts.close?.at ?? facts.attempt.connection.endedAt,
                let age = facts.ageAtEndSeconds
            else { return .silent }
            if let close = facts.close, close.by == .client { return .silent }
            if facts.sentAnywhere.isEmpty { return .silent }
            guard let entry = facts.sentJWTs.first(where: { $0.jwt.expiresAt != nil }),
                let expiry = entry.jwt.expiresAt
            else {
                guard facts.statement(of: "token-expired") != nil else { return .silent }
                return .untestable(.tokenClaims)
            }
            let distance = ended.seconds(since: expiry)
            let isStated = facts.statement(of: "token-expired") != nil
            let began = facts.attempt.response?.at.map { expiry.seconds(since: $0) } ?? 0
            guard abs(distance) <= 15, 0 < began, 15 < age || isStated else {
                return .ruledOut(
                    "the session ended \(durationText(distance)) \(distance < 0 ? "before" : "after") exp (\(expiry.clockText()))",
                    at: facts.effectPlaces)
            }
            let word = distance < 0 ? "before" : "after"
            var brief = Brief(
                fact:
                    "The session ended \(durationText(distance)) \(word) \(entry.sent.name) expired (exp \(expiry.clockText()), end \(ended.clockText())).",
                claim: "the server ends a session with its token")
            // A session that ended while the token still lived, or that was hardly longer than the margin, may have
            // ended there by chance.
            let others = facts.endsAtExpiry
            let isTight = isStated || !others.isEmpty || (-2 < distance && abs(distance) * 10 <= age)
            brief.speaksFor(
                isTight ? .strong : .weak, .clock,
                isTight
                    ? "the end falls on exp, after \(durationText(age))"
                    : "the end lies near exp, after \(durationText(age)); that may be chance",
                at: facts.effectPlaces, telling: isTight)
            if isStated, let said = facts.statement(of: "token-expired") { facts.add(said, to: &brief) }
            if let other = others.first {
                brief.speaksFor(
                    .strong, .series, "attempt \(other.id) ended on its own, different exp as well",
                    at: facts.places(other), telling: true)
                brief.proof = .differential
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the close falls on exp",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:10:00}
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 9 min
                << text {"n":2}
                -- 60 s
                << close 1008
                """),
            .fires(
                .possible, "the close comes before exp, and the session was short",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:01:00}
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 50 s
                << close 1008
                """),
            .fires(
                .certain, "the reason says so",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:10:00}
                < HTTP/1.1 101 Switching Protocols
                -- 10 min
                << close 4401 "token expired"
                """),
            .silent(
                "the close is far from exp",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 101 Switching Protocols
                -- 10 min
                << close 1008
                """),
            .unknown(
                "the server says that it expired, and an opaque token does not tell when",
                lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 101 Switching Protocols
                -- 10 min
                << close 4401 "token expired"
                """),
        ]
    )
}
