import Case
import Wire

extension Cause {
    /// The server waited for a message that authenticates.
    static let firstMessageAuthMissing = Cause(
        "first-message-auth-missing", "AUTH-107",
        "The authentication message after the upgrade is missing, late or malformed",
        explains: [.closed, .inBand, .lost],
        needs: .frames,
        explanation: """
            Some servers accept every upgrade and expect the credential in the first message: `{"type":"auth",…}`, \
            `connection_init`, an Identify. Until then the socket is open and worth nothing, and soon the server \
            closes it. A credential in the header or query of the upgrade does not help there.
            """,
        fix: Fix("Send the authentication message as the first frame, as soon as the socket opens."),
        references: [.rfc(6455, "10.5")],
        mistakenFor: ["deadline-after-open-missed", "operation-before-auth", "private-close-code"],
        examine: { facts in
            guard let session = facts.session else { return .silent }
            let known = facts.known { fact -> (String, [String])? in
                if case .firstMessage(let member, let values, true) = fact { (member, values) } else { nil }
            }
            let isStated = facts.statement(of: "first-message-auth-missing") != nil
            guard isStated || !known.isEmpty else { return .silent }
            guard facts.sees(.frames) else { return .untestable(.frames) }
            if let sent = session.credentials.first {
                return .ruledOut("<token \(sent.token)> was sent in a message", at: [sent.place])
            }
            if !isStated, let sent = facts.sentWhereRead {
                return .ruledOut(
                    "\(sent.name) was sent \(facts.place(of: sent.credential)), where this gateway reads it too",
                    at: [sent.credential.place])
            }
            var brief = Brief(
                fact:
                    "No message of the client carried a credential\(facts.ageAtEnd.map { " in the \($0) that the socket was open" } ?? "").",
                claim: "this server expects one in the first message")
            brief.speaksFor(
                .moderate, .frames, "no credential in the client's messages", at: facts.effectPlaces)
            facts.addStatement(of: "first-message-auth-missing", to: &brief)
            if let first = known.first { brief.add(first) }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server says so when it closes",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"type":"auth_required"}
                -- 10 s
                << close 1008 "authentication timeout"
                """),
            .silent(
                "a message carried the token",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"type":"auth","access_token":"{jwt exp=13:00:00}"}
                << close 1008 "not authenticated"
                """),
            .unknown(
                "the frames are not in the input", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1008 "authentication timeout"
                ?? frames
                """),
        ]
    )
}
