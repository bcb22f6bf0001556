import Case
import Wire

extension Cause {
    /// 1008.
    static let policyViolation = Cause(
        "policy-violation", "SESSION-104", "The server closed with 1008",
        role: .generic, explains: [.closed],
        needs: .closes,
        explanation: """
            1008 is the general answer to a message or a client that breaks the server's rules: often \
            authentication, sometimes data or a rate. The reason text decides; without one the code says no more \
            than "no".
            """,
        fix: Fix(
            "Follow the reason text; without one, check the credential first.", applicability: .maybeIncorrect
        ),
        references: [.rfc(6455, "7.4.1")],
        mistakenFor: ["private-close-code", "first-message-auth-missing"],
        examine: { facts in facts.closeBrief(1008, name: "policy violation").map(Opinion.stands) ?? .silent },
        examples: [
            .fires(
                .certain, "1008 with a reason",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"a":1}
                << close 1008 "no"
                """),
            .silent(
                "1011 is the server's own fault",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1011
                """),
            .unknown(
                "a library tells why the server closed, and not with which code", lacks: .closeCode,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close - "Invalid token"
                ?? reported frames
                """),
        ]
    )
}
