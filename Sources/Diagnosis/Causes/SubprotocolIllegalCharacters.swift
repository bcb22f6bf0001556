import Case
import Wire

extension Cause {
    /// An offered subprotocol holds characters that no token may hold.
    static let subprotocolIllegalCharacters = Cause(
        "subprotocol-illegal-characters", "UPGRADE-403", "An offered subprotocol is not a legal token",
        explains: [.refused, .failed],
        needs: .requestFields,
        explanation: """
            Each element of Sec-WebSocket-Protocol is a token of RFC 9110 §5.6.2: no `=`, `/`, spaces, commas, \
            quotes or colons. A JWT is fine, padded or standard base64 is not. Browsers throw before any packet \
            leaves; a strict server answers 400.
            """,
        fix: Fix("Encode the value with base64url and without padding."),
        references: [.rfc(6455, "4.1"), .rfc(9110, "5.6.2")],
        mistakenFor: ["token-base64-alphabet", "subprotocol-unknown-to-server"],
        examine: { facts in
            let check = facts.handshake
            guard !check.offeredSubprotocols.isEmpty else {
                return facts.status == 400 && !facts.sees(.requestFields)
                    ? .untestable(.requestFields) : .silent
            }
            guard let first = check.illegalSubprotocols.first else {
                return facts.status == 400
                    ? .ruledOut("every offered subprotocol is a legal token", at: facts.requestPlaces)
                    : .silent
            }
            var brief = Brief(
                fact:
                    "The subprotocol offered as number \(first + 1) holds characters that a token may not hold.",
                claim: "a strict server refuses such a field with 400")
            brief.speaksFor(
                .strong, .handshake, "an element of Sec-WebSocket-Protocol is no token",
                at: facts.requestPlaces, telling: true)
            if facts.status == 400 { brief.proof = .arithmetic }
            facts.addStatement(of: "subprotocol-illegal-characters", to: &brief)
            facts.weighStatement(otherThan: ["subprotocol-illegal-characters"], against: &brief)
            if facts.status == 401 || facts.status == 403 {
                brief.speaksAgainst(.moderate, .status, "the status for it is 400", at: facts.effectPlaces)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "padding stands in the field",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: auth, a2V5OnNlY3JldA==
                < HTTP/1.1 400 Bad Request
                """),
            .silent(
                "the elements are legal",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the log shows the 400, and not what was offered", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? requestFields
                """),
        ]
    )
}
