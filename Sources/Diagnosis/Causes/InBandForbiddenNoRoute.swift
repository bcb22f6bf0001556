import Case
import Wire

extension Cause {
    /// A gateway's "Forbidden" that means "no route".
    static let inBandForbiddenNoRoute = Cause(
        "in-band-forbidden-no-route", "PROTO-203", "An in-band \"Forbidden\" that is about routing",
        explains: [.inBand],
        needs: .frames,
        explanation: """
            A gateway that routes messages by one of their members answers a message that fits no route with a JSON \
            text `{"message":"Forbidden","connectionId":…,"requestId":…}`. The socket stays open, and nobody's rights \
            are in question.
            """,
        fix: Fix("Send the member that the gateway routes by (often `action`), or add a default route."),
        references: [.rfc(6455, "5.6")],
        mistakenFor: ["in-band-auth-error", "scope-missing-stated"],
        examine: { facts in
            guard let error = facts.inBand, error.namesConnection else { return .silent }
            guard error.text.lowercased() == "forbidden" else {
                return .ruledOut("the message says \"\(error.text)\"", at: [error.frame.place])
            }
            var brief = Brief(
                "the gateway found no route for a message: its \"Forbidden\" names connectionId and requestId, the form of a routing answer, and is about no right"
            )
            brief.speaksFor(
                .strong, .frames, "Forbidden with connectionId and requestId", at: [error.frame.place],
                telling: true)
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the gateway's own form",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"text":"hello"}
                << text {"message":"Forbidden","connectionId":"abc=","requestId":"def="}
                """),
            .silent(
                "an error of the application",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"text":"hello"}
                << text {"type":"error","code":403,"message":"Forbidden"}
                """),
            .unknown(
                "frames were lost, and the routing answer may be among them", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"text":"hello"}
                << text {"type":"error","message":"Forbidden"}
                ?? frames
                """),
        ]
    )
}
