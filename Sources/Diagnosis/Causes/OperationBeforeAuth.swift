import Case
import Wire

extension Cause {
    /// A message came before the session was ready.
    static let operationBeforeAuth = Cause(
        "operation-before-auth", "PROTO-202", "The client did something before it was authenticated",
        explains: [.closed, .inBand],
        needs: .frames,
        explanation: """
            Where a session begins with a login or a configuration message, everything sent before the server has \
            acknowledged it is refused. Clients that send as soon as the socket opens, without waiting for the \
            acknowledgement, meet this now and then or always.
            """,
        fix: Fix("Wait for the server's acknowledgement before sending anything else."),
        references: [.rfc(6455, "10.5")],
        mistakenFor: ["first-message-auth-missing", "envelope-rejected"],
        examine: { facts in
            guard let session = facts.session else { return .silent }
            let said = facts.statement(of: "operation-before-auth")
            let meaning = facts.serverClose?.code.flatMap { facts.closeCodeMeaning($0) }
            let isCode = meaning?.means == "operation-before-auth"
            guard said != nil || isCode else { return .silent }
            guard facts.sees(.frames) else { return .untestable(.frames) }
            guard 0 < session.counts.client.text + session.counts.client.binary else {
                return .ruledOut("the client had sent no message", at: facts.effectPlaces)
            }
            var brief = Brief("the client sent a message before the server had let it in")
            if let first = session.firstFrames.first(where: { $0.by == .client && $0.opcode <= 2 }) {
                brief.speaksFor(.weak, .frames, "the client's first message", at: [first.place])
            }
            if let said { facts.add(said, to: &brief) }
            if isCode, let meaning, let code = facts.serverClose?.code {
                brief.add(Known(profile: meaning.profile, behaviour: meaning.behaviour, value: code), .strong)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"type":"subscribe"}
                << close 4401 "Operation before connection_init"
                """),
            .silent(
                "nothing was sent",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 4401 "Not logged in"
                """),
            .unknown(
                "the close is told, and not whether the client had sent a message", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 4401 "Operation before connection_init"
                ?? frames
                """),
        ]
    )
}
