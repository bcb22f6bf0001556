import Case
import Wire

extension Cause {
    /// Requests beside the upgrade carry the credential, the upgrade does not.
    static let credentialLostOnTheWay = Cause(
        "credential-lost-on-the-way", "AUTH-111",
        "Sibling requests carry the credential, the upgrade does not",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            The same client sends a credential with its ordinary requests and none with the upgrade. The usual \
            reasons: browsers ignore header arguments of `new WebSocket`, a library builds the upgrade's fields by \
            itself, an iframe never received the token, or a hop in between dropped the field.
            """,
        fix: Fix(
            "Pass the credential to the WebSocket library's own option for upgrade fields, or in the place that the gateway reads from a browser."
        ),
        references: [
            .rfc(6455, "4.1"),
            .text("WHATWG WebSockets, the constructor", "https://websockets.spec.whatwg.org/"),
        ],
        mistakenFor: ["credential-missing"],
        refines: ["credential-missing"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            if let told = facts.told(.sendsCredential).first, facts.sent.isEmpty,
                !facts.sees(.requestFields)
            {
                var brief = Brief("the credential that the code sets did not reach the wire", cap: .possible)
                brief.speaksFor(.weak, .placement, told.text, at: [told.place])
                return .stands(brief)
            }
            guard case .success(true) = facts.sentNoCredential else { return .silent }
            guard let sibling = facts.siblingWithCredential, facts.mintedURL == nil else { return .silent }
            var brief = Brief(
                fact: "The upgrade carried no credential, while \(sibling.text).",
                claim: "the credential did not reach the upgrade request")
            brief.speaksFor(.strong, .lineage, sibling.text, at: sibling.places, telling: true)
            // 403 has many reasons; that a credential is lacking is one of them.
            if facts.status == 403 { brief.cap = .possible }
            if facts.acceptedWithoutCredential != nil { return .silent }
            if facts.status == 401 {
                brief.speaksFor(
                    .moderate, .status, "401 means that credentials are lacking or invalid",
                    at: facts.effectPlaces)
            }
            if let said = facts.statement(of: "credential-missing") {
                brief.speaksFor(
                    .strong, .words, "the server asks for one: \(said.quote)", at: [said.place], telling: true
                )
                brief.proof = .stated
            }
            facts.weighStatement(
                otherThan: ["credential-missing", "first-message-auth-missing"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the REST call carries it",
                """
                === rest
                > GET /me HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "nothing else carries one",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the REST call carries it, and the export left the upgrade's fields out",
                lacks: .requestFields,
                """
                === rest
                > GET /me HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? requestFields
                """),
        ]
    )
}
