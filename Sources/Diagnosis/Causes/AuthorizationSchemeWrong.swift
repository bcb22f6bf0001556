import Case
import Wire

extension Cause {
    /// Authorization without a scheme, with two, or with an unexpected one.
    static let authorizationSchemeWrong = Cause(
        "authorization-scheme-wrong", "AUTH-110",
        "The Authorization scheme is missing, doubled or not the one expected",
        explains: .rejected,
        needs: [.requestFields, .credentialValues],
        explanation: """
            Authorization holds a scheme and a credential: `Bearer eyJ…` (RFC 9110 §11.6.2). A token alone, \
            `Bearer Bearer eyJ…`, or `Basic` before a token are read as something else or not at all. The case of \
            the scheme does not matter.
            """,
        fix: Fix("Send the exact scheme that the gateway documents, once: `Authorization: Bearer <token>`."),
        references: [.rfc(9110, "11.6.2"), .rfc(6750, "2.1")],
        mistakenFor: ["token-with-bearer-prefix", "token-stray-characters"],
        examine: { facts in
            guard facts.isAboutAccess,
                let own = facts.sent.first(where: {
                    $0.credential.placement == .header && $0.credential.name.lowercased() == "authorization"
                })
            else { return .silent }
            if let same = facts.accepted(differingOnlyIn: [.token, .client, .fields, .cookies, .origin]) {
                return .ruledOut(
                    "attempt \(same.id) was accepted with the same scheme", at: facts.places(same))
            }
            let isJWT = own.kind == .jwt || own.kind == .jwe || own.kind == .brokenJWT
            let defects = own.defects
            let fault: String
            switch own.credential.scheme?.lowercased() {
            case nil:
                // What replaced the value may have replaced the scheme with it.
                guard facts.sees(.credentialValues) else { return .untestable(.credentialValues) }
                fault = "Authorization holds \(own.name) without a scheme in front."
            case "basic"? where isJWT: fault = "Authorization holds a JWT after the scheme Basic."
            case .some where defects.contains(.bearerPrefix):
                fault = "Authorization holds the word Bearer twice."
            default: return .silent
            }
            var brief = Brief(
                fact: fault, claim: "a server that expects \"Bearer <token>\" finds no credential in it")
            brief.speaksFor(.strong, .placement, fault, at: [own.credential.place], telling: true)
            if let other = facts.decisive(.name) {
                brief.speaksFor(
                    .strong, .comparison, "attempt \(other.id) differs only in the scheme and was accepted",
                    at: facts.places(other), telling: true)
                brief.proof = .differential
            }
            facts.weighStatement(
                otherThan: ["credential-missing", "credential-judged", "token-format-wrong"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the token stands alone",
                """
                > GET /live HTTP/1.1
                > Authorization: {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .likely, "Bearer stands there twice",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the scheme is Bearer",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the export replaced the whole value, its scheme with it", lacks: .credentialValues,
                """
                > GET /live HTTP/1.1
                > Authorization: [redacted]
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
