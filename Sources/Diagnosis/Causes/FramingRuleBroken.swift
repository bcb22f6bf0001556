import Case
import Wire

extension Cause {
    /// Opcodes, fragments, control frames, lengths.
    static let framingRuleBroken = Cause(
        "framing-rule-broken", "PROTO-103", "An opcode, fragmentation or control-frame rule is broken",
        explains: [.closed, .lost, .broken],
        needs: .frames,
        explanation: """
            A reserved opcode, a continuation without a beginning, a control frame that is fragmented or longer than \
            125 bytes, a length spelled longer than needed, a masked frame of the server: the receiver must fail the \
            connection with 1002.
            """,
        fix: Fix("Fix the framing of the side that sent it; a conforming library never sends such a frame."),
        references: [.rfc(6455, "5.2"), .rfc(6455, "5.4"), .rfc(6455, "5.5")],
        mistakenFor: ["reserved-bits-or-bad-deflate", "client-frame-unmasked"],
        examine: { facts in
            facts.examineViolation(
                [
                    .reservedOpcode, .controlFrame, .fragmentation, .lengthEncoding, .closePayload,
                    .serverFrameMasked,
                ],
                codes: [1002]
            ) { found in
                let side = found.by == .client ? "client" : "server"
                return switch found.rule {
                case .reservedOpcode: "the \(side) sent a frame with a reserved opcode"
                case .controlFrame: "the \(side) sent a control frame that is fragmented or too long"
                case .fragmentation: "the \(side) broke the order of fragments"
                case .lengthEncoding: "the \(side) spelled a frame's length in a form that is forbidden"
                case .closePayload: "the \(side) sent a close frame with a payload that is forbidden"
                default: "the \(side) sent a masked frame, which only a client may"
                }
            }
        },
        examples: [
            .fires(
                .certain, "a continuation without a beginning",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> rule fragmentation
                << close 1002
                """),
            .silent(
                "the frames are sound",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text hello
                << close 1002
                """),
            .unknown(
                "the frames before the close are in a gap of the capture", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text hello
                << close 1002
                ?? frames
                """),
        ]
    )
}
