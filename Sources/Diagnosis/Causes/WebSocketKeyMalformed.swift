import Case
import Wire

extension Cause {
    /// Sec-WebSocket-Key is not 16 bytes of base64.
    static let websocketKeyMalformed = Cause(
        "websocket-key-malformed", "UPGRADE-103", "Sec-WebSocket-Key is missing or not 16 bytes",
        explains: [.refused],
        needs: .requestFields,
        explanation: """
            The client sends 16 random bytes in base64, new for each connection, and the server proves with \
            Sec-WebSocket-Accept that it read them (RFC 6455 §4.1). A server that finds the field missing or of \
            another length answers 400. The key is no credential: a well-formed one is never the reason for a 401 \
            or a 403.
            """,
        fix: Fix(
            "Let the WebSocket library make the handshake, or send 16 fresh random bytes in standard base64."),
        references: [.rfc(6455, "4.1"), .rfc(6455, "4.2.1")],
        mistakenFor: ["upgrade-headers-missing", "websocket-version-unsupported"],
        examine: { facts in
            guard facts.sees(.requestFields), let key = facts.handshake.key else {
                return facts.status == 400 ? .untestable(.requestFields) : .silent
            }
            let fault: String
            switch key {
            case .valid:
                return .ruledOut(
                    "the key decodes to 16 bytes; a malformed one is answered with 400",
                    at: facts.requestPlaces)
            case .missing: fault = "The request has no Sec-WebSocket-Key."
            case .wrongLength(let count): fault = "Sec-WebSocket-Key decodes to \(count) bytes instead of 16."
            case .notBase64: fault = "Sec-WebSocket-Key is not base64."
            case .repeated(let count): fault = "Sec-WebSocket-Key stands in the request \(count) times."
            }
            var brief = Brief(fact: fault, claim: "a server must refuse such a handshake with 400")
            brief.speaksFor(.strong, .handshake, fault, at: facts.requestPlaces, telling: true)
            if let said = facts.statement(of: "websocket-key-malformed") {
                brief.speaksFor(
                    .strong, .words, "the server says: \(said.quote)", at: [said.place], telling: true)
                brief.proof = .stated
            } else if facts.status == 400 {
                brief.proof = .arithmetic
            }
            if facts.status != 400, brief.proof == nil {
                brief.speaksAgainst(
                    .moderate, .status, "the status for it is 400, and \(facts.effect) came",
                    at: facts.effectPlaces)
            }
            facts.weighStatement(otherThan: ["websocket-key-malformed"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the key holds 12 bytes",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Key: AAAAAAAAAAAAAAAA
                < HTTP/1.1 400 Bad Request
                """),
            .silent(
                "the key is fine and the status is 403",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the request was not captured", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? requestFields
                """),
        ]
    )
}
