import Case
import Wire

extension Cause {
    /// A number in a message that looks like a close code.
    static let numberIsNotACloseCode = Cause(
        "number-is-not-a-close-code", "PROTO-206",
        "A number in a log is an SDK code, and no close frame carried it",
        role: .observation, explains: [.inBand],
        needs: .frames,
        explanation: """
            Messages and SDKs have numbers of their own, such as 4003 or 1001, that look like close codes and are \
            none. What counts as a close code stands in a close frame; when none in the capture carries the number, \
            it is no close code.
            """,
        fix: Fix(
            "Look the number up in the documentation of the SDK or of the message, not among close codes."),
        references: [.rfc(6455, "7.4")],
        mistakenFor: ["private-close-code"],
        examine: { facts in
            guard let error = facts.inBand, let code = error.code, 1000..<5000 ~= code else { return .silent }
            guard facts.sees(.closes) else { return .untestable(.closes) }
            guard facts.close?.code != code else {
                return .ruledOut("a close frame carries \(code) too", at: facts.effectPlaces)
            }
            var brief = Brief(
                fact:
                    "The number \(code) stands in a message of the server; no close frame of this session carries it.",
                claim: "")
            brief.speaksFor(.strong, .frames, "\(code) in a message", at: [error.frame.place])
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "4003 in a message",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"type":"error","code":4003,"message":"file content invalid"}
                """),
            .silent(
                "a close frame carries it",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 4003
                """),
            .unknown(
                "the log shows the message, and not how the socket ended", lacks: .closes,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"type":"error","code":4003,"message":"file content invalid"}
                ?? closes
                """),
        ]
    )
}
