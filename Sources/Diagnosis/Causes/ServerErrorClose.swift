import Case
import Wire

extension Cause {
    /// 1002 to 1014 by the server, where no cause of its own holds them.
    static let serverErrorClose = Cause(
        "server-error-close", "SESSION-105", "The server closed with 1011, 1012, 1013 or 1014",
        role: .generic, explains: [.closed],
        needs: .closes,
        explanation: """
            1011 is an error inside the server, 1012 a restart, 1013 overload, 1014 a bad answer from a server \
            behind it. The client did nothing wrong as a rule, unless the same message brings it about each time. \
            Other codes that a cause of its own does not hold stand here too.
            """,
        fix: Fix(
            "Reconnect with growing, random pauses, and report the time and the reason text to the server's owner."
        ),
        references: [
            .rfc(6455, "7.4.1"),
            .text(
                "IANA WebSocket Close Code Number Registry",
                "https://www.iana.org/assignments/websocket/websocket.xhtml"),
        ],
        mistakenFor: ["envelope-rejected", "announced-maintenance"],
        examine: { facts in
            guard let code = facts.close?.code, !(4000..<5000 ~= code), ![1000, 1001, 1008].contains(code)
            else { return .silent }
            return facts.closeBrief(code, name: closeName(code)).map(Opinion.stands) ?? .silent
        },
        examples: [
            .fires(
                .certain, "1011",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"a":1}
                << close 1011 "internal error"
                """),
            .silent(
                "1008 is about rules",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1008
                """),
            .unknown(
                "a log keeps the words of the close, and not its code", lacks: .closeCode,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close - "rate limit exceeded"
                ?? reported frames
                """),
        ]
    )
}

/// The name of a close code in the registry of RFC 6455 §11.7 (IANA, 2026-11-21).
func closeName(_ code: Int) -> String {
    let names = [
        1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
        1007: "invalid payload", 1008: "policy violation", 1009: "message too big",
        1010: "mandatory extension",
        1011: "internal error", 1012: "service restart", 1013: "try again later", 1014: "bad gateway",
        3000: "unauthorized", 3003: "forbidden", 3008: "timeout",
    ]
    if let name = names[code] { return name }
    switch code {
    case 3000..<4000: return "a code that a library or framework registered"
    case 4000..<5000: return "a private code"
    default: return "a code that must not be sent"
    }
}
