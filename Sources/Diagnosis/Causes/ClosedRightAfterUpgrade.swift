import Case
import Wire

extension Cause {
    /// 101, and the end within a second.
    static let closedRightAfterUpgrade = Cause(
        "closed-right-after-upgrade", "SESSION-107", "The server closed at once after the 101",
        role: .generic, explains: [.closed, .lost],
        needs: [.frames, .closes],
        asks: [.times],
        explanation: """
            The server accepted the upgrade and ended the connection within a second, before the client had said \
            anything: it decided only then. The same decision made a moment earlier would have been a 403, so the \
            suspects are those of a refusal: credential, path, Origin. Nothing that the client sends afterwards can \
            be at fault.
            """,
        fix: Fix(
            "Treat it as a refusal: check the credential, the path and Origin, and read the close reason.",
            applicability: .maybeIncorrect),
        references: [.rfc(6455, "7.4.1")],
        mistakenFor: ["connection-lost", "subprotocol-not-selected", "first-message-auth-missing"],
        examine: { facts in
            guard facts.wasClosedAtOnce else {
                if facts.ageAtEndSeconds.map({ $0 < 1 }) ?? false, facts.close?.by == .server {
                    return .ruledOut("the client had sent a message before the close", at: facts.effectPlaces)
                }
                return .silent
            }
            // A frame of the client may be among what the capture lost.
            guard facts.sees(.frames) else { return .untestable(.frames) }
            let how =
                facts.close.map { $0.code.map { "close \($0)" } ?? "a close without a code" }
                ?? "the end of the connection and no close frame"
            var brief = Brief(
                fact:
                    "The server accepted the upgrade and ended it \(facts.ageAtEnd ?? "at once") later with \(how), before the client had sent anything.",
                claim: "")
            brief.speaksFor(
                .strong, .timing, "101 and the end within \(facts.ageAtEnd ?? "a second")",
                at: facts.effectPlaces, telling: true)
            brief.speaksFor(.moderate, .frames, "no frame of the client in between", at: facts.effectPlaces)
            brief.proof = .arithmetic
            brief.test = NextStep(
                "Connect once without the credential and once with a broken one: equal ends mean that it is not the credential."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "1008 a moment after the 101",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1008
                """),
            .silent(
                "the client had sent a message",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"a":1}
                << close 1008
                """),
            .unknown(
                "frames of the first second were lost", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1008
                ?? frames
                """),
        ]
    )
}
