import Case
import Wire

extension Cause {
    /// The gateway reads the credential from Sec-WebSocket-Protocol.
    static let credentialBelongsInSubprotocol = Cause(
        "credential-belongs-in-subprotocol", "AUTH-105",
        "This gateway wants the credential in Sec-WebSocket-Protocol",
        explains: .rejected,
        needs: .requestFields,
        asks: [.profile],
        explanation: """
            Browsers can set no header field on a WebSocket except the list of subprotocols, so some gateways take \
            the credential there, beside a real subprotocol that they echo. An element must be a legal token: \
            base64url without padding is, standard base64 is not.
            """,
        fix: Fix(
            "Offer the credential as a subprotocol in the form that this gateway documents, beside a real one.",
            applicability: .hasPlaceholders),
        references: [.rfc(6455, "4.1"), .rfc(6455, "11.3.4")],
        mistakenFor: ["credential-in-ignored-header", "credential-in-ignored-query"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            let isOffered = facts.sent.contains { $0.credential.placement == .subprotocol }
            if isOffered { return .silent }
            let known = facts.known { fact -> Bool? in
                if case .credentialChannel(.subprotocol, _, true) = fact { true } else { nil }
            }
            let other = facts.comparisons.first {
                $0.wasAccepted && $0.differences.subtracting([.placement, .subprotocol]).isEmpty
                    && $0.differences.contains(.placement)
                    && facts.index.traits[$0.other].usesSubprotocol
            }
            guard !known.isEmpty || other != nil else { return .silent }
            var brief = Brief("this gateway reads the credential from Sec-WebSocket-Protocol")
            if let first = known.first { brief.add(first, .strong) }
            if let other, !facts.index.traits[facts.position].isAccepted {
                let id = facts.file.attempts[other.other].id
                brief.speaksFor(
                    .strong, .comparison,
                    "attempt \(id) sent the same token as a subprotocol and was accepted",
                    at: facts.places(facts.file.attempts[other.other]), telling: true)
                brief.proof = .differential
                brief.cap = .certain
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "offered as a subprotocol, the same token is accepted",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2, {jwt exp=13:00:00}
                < HTTP/1.1 101 Switching Protocols
                < Sec-WebSocket-Protocol: live.v2
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "a token was offered as a subprotocol",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2, {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "nobody says where this gateway reads the credential", lacks: .profile,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
