import Case
import Wire

extension Cause {
    /// The server speaks another subprotocol.
    static let subprotocolUnknownToServer = Cause(
        "subprotocol-unknown-to-server", "UPGRADE-404",
        "The offered subprotocol is not the one the server speaks",
        explains: [.refused, .closed, .oddSwitch],
        needs: [.requestFields, .closes],
        asks: [.profile],
        explanation: """
            Client and server must name the same language: `graphql-ws` is another one than `graphql-transport-ws`, \
            and old versions have other names. Servers answer with 400, with close codes such as 4406 or 1002, or \
            with a 101 that selects nothing.
            """,
        fix: Fix("Offer the name that the server documents."),
        references: [.rfc(6455, "1.9"), .rfc(6455, "11.5")],
        mistakenFor: ["subprotocol-not-selected", "subprotocol-illegal-characters"],
        examine: { facts in
            let said = facts.statement(of: "subprotocol-unknown-to-server")
            let offered = facts.handshake.offeredSubprotocols.filter { $0.utf8.count < 60 }
            let isCode =
                facts.serverClose?.code.flatMap { facts.closeCodeMeaning($0)?.means }
                == "subprotocol-unknown-to-server"
            let spoken = facts.known { fact -> [String]? in
                if case .subprotocols(let names) = fact { names } else { nil }
            }
            let isPlausible = facts.symptoms.contains(.refused) || facts.serverClose?.code == 1002
            let unknown =
                !isPlausible
                ? nil
                : spoken.first { known in
                    !known.value.contains { name in offered.contains { matches($0, pattern: name) } }
                }
            guard facts.status != 401, facts.status != 403 || said != nil else { return .silent }
            let isOfferSeen = facts.sees(.requestFields)
            guard said != nil || isCode || unknown != nil && isOfferSeen else {
                if unknown != nil { return .untestable(.requestFields) }
                if let known = spoken.first, facts.status == 400 {
                    return .ruledOut("an offered name is the documented one: \(known.text)")
                }
                return .silent
            }
            var brief = Brief(
                fact: !offered.isEmpty
                    ? "The client offered \(listed(offered))."
                    : isOfferSeen
                        ? "The client offered no subprotocol."
                        : "What the client offered is not in the input.",
                claim: "the server speaks another subprotocol")
            if isOfferSeen || !offered.isEmpty {
                brief.speaksFor(
                    .weak, .handshake, offered.isEmpty ? "none offered" : "offered: \(listed(offered))",
                    at: facts.requestPlaces)
            }
            if let said { facts.add(said, to: &brief) }
            if isCode, let code = facts.serverClose?.code, let known = facts.closeCodeMeaning(code) {
                brief.add(Known(profile: known.profile, behaviour: known.behaviour, value: code), .strong)
            }
            if let unknown {
                brief.add(unknown)
                brief.fix = Fix("Offer \(listed(unknown.value)) in Sec-WebSocket-Protocol.")
            }
            facts.weighStatement(otherThan: ["subprotocol-unknown-to-server"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the close reason says so",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v1
                < HTTP/1.1 101 Switching Protocols
                << close 4406 "Subprotocol not acceptable"
                """),
            .fires(
                .likely, "the gateway documents another name",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                > Sec-WebSocket-Protocol: live.v1
                < HTTP/1.1 400 Bad Request
                """),
            .silent(
                "the documented name was offered",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                > Sec-WebSocket-Protocol: live.v2
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the gateway documents a name, and what was offered is not in the log",
                lacks: .requestFields,
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? requestFields
                """),
            .unknown(
                "nothing is known of the server's language", lacks: .profile,
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Protocol: live.v1
                < HTTP/1.1 400 Bad Request
                """),
        ]
    )
}
