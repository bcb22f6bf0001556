import Case
import JSON
import Wire

extension Cause {
    /// The message's form is not the one the server knows.
    static let envelopeRejected = Cause(
        "envelope-rejected", "PROTO-201", "The server did not understand the message's envelope",
        explains: [.closed, .inBand],
        needs: .frames,
        explanation: """
            Each service wraps its messages in a form of its own: `action`, `op`, `type`, `event`, `command`. A \
            message without the expected member is answered with an error, or with a close 1003, 1007, 1008 or a \
            private code.
            """,
        fix: Fix("Wrap the message as this gateway documents.", applicability: .hasPlaceholders),
        references: [.rfc(6455, "5.6")],
        mistakenFor: ["operation-before-auth", "in-band-forbidden-no-route"],
        examine: { facts in
            guard let session = facts.session else { return .silent }
            guard facts.sees(.frames) else { return .untestable(.frames) }
            let said = facts.statement(of: "envelope-rejected")
            let first = session.firstFrames.first { $0.by == .client && $0.opcode == 1 }
            let wanted = facts.known { fact -> (String, [String])? in
                if case .firstMessage(let member, let values, false) = fact { (member, values) } else { nil }
            }.first
            guard let first else {
                if said != nil { return .silent }
                return .ruledOut("the client had sent no message", at: facts.effectPlaces)
            }
            let members = (try? JSONValue.prefix(first.preview.span).value)?.members?.map(\.name) ?? []
            let isIncomplete = wanted.map { !members.contains($0.value.0) } ?? false
            let isCode = facts.serverClose?.code == 1003
            guard said != nil || isIncomplete || isCode else { return .silent }
            var brief = Brief(
                fact: members.isEmpty
                    ? "The client's first message is no JSON object."
                    : "The client's first message has the members \(listed(members)).",
                claim: "the server expects another envelope")
            brief.speaksFor(
                .weak, .frames, members.isEmpty ? "no JSON object" : "members: \(listed(members))",
                at: [first.place])
            if let said { facts.add(said, to: &brief) }
            if isCode, let close = facts.serverClose {
                brief.speaksFor(
                    .moderate, .words, "close 1003: this kind of data is not accepted", at: [close.place],
                    telling: true)
            }
            if isIncomplete, let wanted { brief.add(wanted) }
            facts.weighStatement(otherThan: ["envelope-rejected"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"type":"message","text":"test"}
                << text {"type":"error","message":"Unknown action"}
                """),
            .fires(
                .likely, "the documented member is missing",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"type":"message","text":"test"}
                << close 4000
                """),
            .silent(
                "the client had sent nothing",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 4000
                """),
            .unknown(
                "1003, and the message that it answers is not in the log", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1003
                ?? frames
                """),
        ]
    )
}
