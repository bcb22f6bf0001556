import Case
import JSON
import Wire

extension Cause {
    /// The protocol's own first message is there, and without a credential.
    static let credentialBelongsInConnectMessage = Cause(
        "credential-belongs-in-connect-message", "AUTH-108",
        "The credential belongs in the protocol's own CONNECT or init message",
        explains: .session,
        needs: .frames,
        explanation: """
            STOMP, graphql-ws and their kin have a first message of their own (CONNECT, `connection_init`), and many \
            servers read the credential there and nowhere else. A token in the query or a header of the upgrade never \
            reaches that layer.
            """,
        fix: Fix("Put the credential into the CONNECT or connection_init message."),
        references: [
            .text("STOMP 1.2, CONNECT", "https://stomp.github.io/stomp-specification-1.2.html"),
            .text("graphql-ws PROTOCOL.md"),
        ],
        mistakenFor: ["first-message-auth-missing", "operation-before-auth", "credential-missing"],
        refines: [
            "first-message-auth-missing", "credential-in-ignored-header", "credential-in-ignored-query",
        ],
        examine: { facts in
            guard let session = facts.session,
                let first = session.firstFrames.first(where: { $0.by == .client && $0.opcode == 1 }),
                let name = connectMessage(first.preview)
            else { return .silent }
            guard facts.sees(.frames) else { return .untestable(.frames) }
            let said =
                facts.statement(of: "credential-missing") ?? facts.statement(of: "credential-judged")
                ?? facts.statement(of: "first-message-auth-missing")
            let code = facts.serverClose?.code
            guard said != nil || code == 4401 || code == 4403 else { return .silent }
            if let sent = session.credentials.first {
                return .ruledOut("<token \(sent.token)> is in a message of the client", at: [sent.place])
            }
            var brief = Brief(
                fact: "The client's \(name) carries no credential.",
                claim: "the server looks for one there", cap: .likely)
            brief.speaksFor(.moderate, .frames, "no credential in \(name)", at: [first.place], telling: true)
            if let said {
                brief.speaksFor(.moderate, .words, "the server's words: \(said.quote)", at: [said.place])
            }
            if let other = facts.sent.first {
                brief.speaksFor(
                    .weak, .placement, "\(other.name) was sent \(facts.place(of: other.credential))",
                    at: facts.requestPlaces)
            }
            brief.test = NextStep("Connect once with the credential in \(name).")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "connection_init has no payload",
                """
                > GET /graphql HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 101 Switching Protocols
                >> text {"type":"connection_init"}
                << close 4403 "Missing authentication token"
                """),
            .silent(
                "the token is in connection_init",
                """
                > GET /graphql HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"type":"connection_init","payload":{"token":"{jwt exp=13:00:00}"}}
                << close 4403 "Missing authentication token"
                """),
            .unknown(
                "the close is told, and no message of the client", lacks: .frames,
                """
                > GET /graphql HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 4403 "Missing authentication token"
                ?? frames
                """),
        ]
    )
}

/// The name of a protocol's own first message, or nil.
private func connectMessage(_ preview: [UInt8]) -> String? {
    for name in ["CONNECT", "STOMP"] where preview.starts(with: Array((name + "\n").utf8)) { return name }
    guard preview.first == 0x7b, let value = try? JSONValue.prefix(preview.span).value,
        value["type"]?.string == "connection_init"
    else { return nil }
    return "connection_init"
}
