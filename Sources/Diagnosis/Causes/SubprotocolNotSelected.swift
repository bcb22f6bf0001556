import Case
import Wire

extension Cause {
    /// A subprotocol was asked for, none was chosen, and the client left.
    static let subprotocolNotSelected = Cause(
        "subprotocol-not-selected", "UPGRADE-401", "Subprotocols were offered, the server selected none",
        explains: [.oddSwitch, .lost],
        needs: [.requestFields, .responseFields],
        explanation: """
            The client offered subprotocols and the 101 names none. RFC 6455 allows that, but browsers and several \
            libraries fail the connection then, because the application asked for a language that nobody agreed to \
            speak. On the wire: a good 101, and the client ends the connection at once.
            """,
        fix: Fix(
            "Let the server answer with one of the offered values in Sec-WebSocket-Protocol, or stop offering."
        ),
        references: [
            .rfc(6455, "4.1"),
            .text(
                "WHATWG WebSockets, establish a WebSocket connection", "https://websockets.spec.whatwg.org/"),
        ],
        mistakenFor: ["connection-lost", "subprotocol-unknown-to-server"],
        examine: { facts in
            let check = facts.handshake
            guard !check.offeredSubprotocols.isEmpty, facts.outcome == .opened else { return .silent }
            guard facts.sees(.responseFields) else { return .untestable(.responseFields) }
            if let selected = check.selectedSubprotocols.first {
                return .ruledOut(
                    "the server selected \(selected.prefix(40))", at: facts.places(facts.attempt))
            }
            guard facts.clientLeftAtOnce else { return .silent }
            let names = check.offeredSubprotocols.filter { name in
                !facts.sent.contains { facts.token(of: $0)?.secret.revealed == name } && name.utf8.count < 60
            }
            var brief = Brief(
                "the client offered \(names.isEmpty ? "subprotocols" : listed(names)), the 101 selected none, and the client ended the connection at once"
            )
            brief.speaksFor(
                .strong, .handshake, "offered, none selected", at: facts.places(facts.attempt), telling: true)
            brief.speaksFor(
                .strong, .frames, "the client ended the connection before any message",
                at: facts.effectPlaces, telling: true)
            brief.proof = .arithmetic
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the client leaves at once",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2
                < HTTP/1.1 101 Switching Protocols
                -- fin client
                """),
            .silent(
                "one was selected",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2
                < HTTP/1.1 101 Switching Protocols
                < Sec-WebSocket-Protocol: live.v2
                -- fin client
                """),
            .unknown(
                "what was offered is there, and the fields of the 101 are not", lacks: .responseFields,
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2
                < HTTP/1.1 101 Switching Protocols
                -- fin client
                ?? responseFields
                """),
        ]
    )
}
