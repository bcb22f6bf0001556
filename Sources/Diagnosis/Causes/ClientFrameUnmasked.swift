import Case
import Wire

extension Cause {
    /// A client frame without a mask.
    static let clientFrameUnmasked = Cause(
        "client-frame-unmasked", "PROTO-101", "The client sent an unmasked frame",
        explains: [.closed, .lost, .broken],
        needs: .frames,
        explanation: """
            A client must mask every frame, and a server must close the connection on one that is not (RFC 6455 \
            §5.1). Conforming libraries always do; the usual culprits are hand-written clients and something that \
            injects bytes into the stream.
            """,
        fix: Fix("Use a conforming WebSocket library on the client."),
        references: [.rfc(6455, "5.1"), .rfc(6455, "5.3")],
        mistakenFor: ["framing-rule-broken"],
        examine: { facts in
            facts.examineViolation([.clientFrameUnmasked], codes: [1002]) { _ in
                "the client sent a frame without a mask, which a server must answer by closing"
            }
        },
        examples: [
            .fires(
                .certain, "an unmasked frame, and 1002",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> rule clientFrameUnmasked
                << close 1002
                """),
            .silent(
                "every frame is masked",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text hello
                << close 1002
                """),
            .unknown(
                "the capture holds the close and lost what came before it", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1002
                ?? frames
                """),
        ]
    )
}
