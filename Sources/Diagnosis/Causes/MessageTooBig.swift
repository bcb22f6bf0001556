import Case
import Wire

extension Cause {
    /// 1009, or a message beyond a known limit.
    static let messageTooBig = Cause(
        "message-too-big", "PROTO-105", "The message is larger than the peer accepts",
        explains: [.closed, .lost, .inBand],
        needs: .frames,
        explanation: """
            Receivers bound the size of a message: 1 MiB in many libraries, 128 KiB or less at some gateways. 1009 \
            says so; some just close.
            """,
        fix: Fix("Split the message, compress it, or send it another way; or raise the receiver's limit."),
        references: [.rfc(6455, "7.4.1")],
        mistakenFor: ["framing-rule-broken", "envelope-rejected"],
        examine: { facts in
            guard let session = facts.session else { return .silent }
            let said = facts.statement(of: "message-too-big")
            let isCode = facts.close?.code == 1009
            let sender: Side = facts.close?.by == .client ? .server : .client
            let largest =
                (session.firstFrames + session.lastFrames).filter { $0.by == sender && $0.opcode <= 2 }.map(
                    \.length
                ).max() ?? 0
            let known = facts.known { fact -> Int? in
                if case .messageLimit(let bytes) = fact { bytes } else { nil }
            }
            .first { UInt64(max(0, $0.value)) < largest }
            guard isCode || said != nil || known != nil else { return .silent }
            let who = sender == .client ? "client" : "server"
            var brief = Brief(
                "the \(who) sent a message that is larger than the other side accepts\(0 < largest ? " (largest frame seen: \(largest) bytes)" : "")"
            )
            if isCode, let close = facts.close {
                brief.speaksFor(
                    .strong, .words, "close 1009 means exactly that", at: [close.place], telling: true)
                brief.proof = .stated
            }
            if let said { facts.add(said, to: &brief) }
            if let known { brief.add(known, .strong) }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "1009",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> binary 5000000
                << close 1009
                """),
            .fires(
                .likely, "beyond the documented limit",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> binary 500000
                -- rst server
                """),
            .silent(
                "a small message",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> binary 500
                << close 1011
                """),
            .unknown(
                "the log tells of no message, and so of no size", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1011
                ?? frames
                """),
        ]
    )
}
