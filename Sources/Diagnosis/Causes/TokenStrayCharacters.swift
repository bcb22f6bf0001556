import Case

extension Cause {
    /// White space, quotes, or the name of a value instead of the value.
    static let tokenStrayCharacters = Cause(
        "token-stray-characters", "TOKEN-302",
        "The token has stray characters, or is a literal such as undefined",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A line end from a file, quotes from JSON, a byte order mark; or a program's way of printing nothing: \
            `undefined`, `null`, `[object Promise]`, `${token}`. The first need trimming; the second means that the \
            value was not there yet when the URL was built.
            """,
        fix: Fix("Trim the value; await the token before building the URL or the fields."),
        references: [.rfc(6750, "2.1")],
        mistakenFor: ["token-truncated", "token-with-bearer-prefix"],
        examine: { facts in
            if let unset = facts.told(.usedNeverAssigned).first, facts.isAboutAccess, facts.previous != nil {
                var brief = Brief("what the reconnect sends in the token's place is no token", cap: .possible)
                brief.speaksFor(.weak, .lineage, unset.text, at: [unset.place])
                return .stands(brief)
            }
            return facts.examineDefect(
                [.literalNonValue, .strayEdges, .nonASCII, .illegalCharacter], slug: "token-stray-characters",
                claim: "what arrived is not the token",
                ruledOut: "nothing but base64url letters and two dots"
            ) { sent, defect in
                let place = facts.place(of: sent.credential)
                switch defect {
                case .literalNonValue:
                    let text = facts.token(of: sent)?.secret.revealed ?? ""
                    return text.isEmpty
                        ? "The value \(place) is empty."
                        : "The value \(place) is the word \"\(text.prefix(24))\", no token."
                case .strayEdges: return "\(sent.name) \(place) has white space or quotes around it."
                case .nonASCII: return "\(sent.name) \(place) holds a character outside ASCII."
                default: return "\(sent.name) \(place) holds a character that no JWT can hold."
                }
            }
        },
        examples: [
            .fires(
                .likely, "undefined was sent",
                """
                > GET /live?token=undefined HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the token is clean",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the export replaced the token, stray characters and all", lacks: .credentialValues,
                """
                > GET /live?token=[redacted] HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
