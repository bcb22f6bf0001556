import Case
import Wire

extension Cause {
    /// RSV bits nobody agreed on, or data that does not inflate.
    static let reservedBitsOrBadDeflate = Cause(
        "reserved-bits-or-bad-deflate", "PROTO-102",
        "Reserved bits without an extension, or data that does not inflate",
        explains: [.closed, .lost, .broken],
        needs: .frames,
        explanation: """
            RSV1 marks a compressed message, and may be set only when permessage-deflate was negotiated. Without it, \
            or with data that does not inflate, the receiver must fail the connection. It happens when a proxy drops \
            the extension from one side of the handshake, or when two writers share one socket.
            """,
        fix: Fix(
            "Align the compression settings of both ends, or switch compression off; keep to one writer per socket."
        ),
        references: [.rfc(6455, "5.2"), .rfc(7692, "7.2.2")],
        mistakenFor: ["framing-rule-broken", "extension-mismatch"],
        examine: { facts in
            facts.examineViolation([.reservedBits, .badDeflate], codes: [1002, 1007]) { found in
                let side = found.by == .client ? "client" : "server"
                return found.rule == .reservedBits
                    ? "the \(side) set a reserved bit although no extension was negotiated"
                    : "the \(side) sent compressed data that does not inflate"
            }
        },
        examples: [
            .fires(
                .certain, "RSV1 without an extension",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << rule reservedBits
                >> close 1002
                """),
            .silent(
                "nothing of the kind",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1002
                """),
            .unknown(
                "1007, and the snap length cut the frame off that it answers", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text hello
                << close 1007
                ?? frames
                """),
        ]
    )
}
