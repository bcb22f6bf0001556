import Case
import Wire

extension Cause {
    /// Something was due soon after the upgrade.
    static let deadlineAfterOpenMissed = Cause(
        "deadline-after-open-missed", "SESSION-204",
        "What the server expects soon after the upgrade did not come in time",
        explains: [.closed],
        needs: .frames,
        asks: [.times],
        explanation: """
            Some servers give a new socket a few seconds for its first step, an init message, a subscription, a \
            login, and close it otherwise, each with a code of its own.
            """,
        fix: Fix("Send the expected message as soon as the socket opens."),
        references: [.rfc(6455, "7.4.2")],
        mistakenFor: ["first-message-auth-missing", "server-idle-timeout"],
        examine: { facts in
            guard let close = facts.serverClose, let session = facts.session else { return .silent }
            let said = facts.statement(of: "deadline-after-open-missed")
            let meaning = close.code.flatMap { facts.closeCodeMeaning($0) }
            let isCode = meaning?.means == "deadline-after-open-missed"
            let sent = session.counts.client.text + session.counts.client.binary
            let known = facts.known { fact -> (Int, String)? in
                if case .deadline(let seconds, let what) = fact { (seconds, what) } else { nil }
            }.first { known in facts.ageAtEndSeconds.map { facts.isClose($0, Double(known.value.0)) } ?? false
            }
            let isSilenceSeen = sent == 0 && facts.sees(.frames)
            guard said != nil || isCode || (known != nil && isSilenceSeen) else {
                // What the client sent in time may be among what was not captured.
                return known != nil && sent == 0 ? .untestable(.frames) : .silent
            }
            var brief = Brief(
                fact:
                    "The server closed \(facts.ageAtEnd ?? "some time") after the upgrade\(isSilenceSeen ? ", and the client had sent no message" : "").",
                claim: "it waits no longer for \(known?.value.1 ?? "the first step")")
            if isSilenceSeen {
                brief.speaksFor(.moderate, .frames, "no message of the client until then", at: [close.place])
            }
            if let said { facts.add(said, to: &brief) }
            if isCode, let meaning, let code = close.code {
                brief.add(Known(profile: meaning.profile, behaviour: meaning.behaviour, value: code), .strong)
            }
            if let known { brief.add(known) }
            facts.weighStatement(
                otherThan: [
                    "deadline-after-open-missed", "first-message-auth-missing", "server-idle-timeout",
                ], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the reason says so",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 3 s
                << close 4408 "Connection initialisation timeout"
                """),
            .fires(
                .likely, "the documented time has passed",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 10 s
                << close 4000
                """),
            .silent(
                "nothing points to a deadline",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 3 s
                << close 4000
                """),
            .unknown(
                "the documented time has passed, and what the client sent in it was lost", lacks: .frames,
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 10 s
                << close 4000
                ?? frames
                """),
        ]
    )
}
