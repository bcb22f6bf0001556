import Case
import Wire

extension Cause {
    /// Text that is no text.
    static let invalidUTF8 = Cause(
        "invalid-utf8", "PROTO-104", "Text that is not UTF-8",
        explains: [.closed, .lost, .broken],
        needs: .frames,
        explanation: """
            A text message must be UTF-8, and a receiver must fail the connection with 1007 when it is not (RFC 6455 \
            §8.1). Usually binary data is sent as text, or text of another encoding.
            """,
        fix: Fix("Send binary data as binary, and encode text as UTF-8."),
        references: [.rfc(6455, "8.1")],
        mistakenFor: ["reserved-bits-or-bad-deflate", "envelope-rejected"],
        examine: { facts in
            facts.examineViolation([.invalidUTF8], codes: [1007]) { found in
                "the \(found.by == .client ? "client" : "server") sent a text that is not UTF-8"
            }
        },
        examples: [
            .fires(
                .certain, "not UTF-8, and 1007",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> rule invalidUTF8
                << close 1007
                """),
            .silent(
                "the text is sound",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text hello
                << close 1007
                """),
            .unknown(
                "1007, and the message that it answers was not captured", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1007
                ?? frames
                """),
        ]
    )
}
