import Case
import Wire

extension Cause {
    /// A 101 that breaks the rules of the handshake.
    static let switchingResponseInvalid = Cause(
        "switching-response-invalid", "UPGRADE-301", "The 101 is one the client must refuse",
        explains: [.oddSwitch],
        needs: .responseFields,
        explanation: """
            Sec-WebSocket-Accept must be the SHA-1 of the client's key and a fixed text, Upgrade and Connection must \
            be in the 101, and no extension may appear that was not offered. A client must fail the connection \
            otherwise (RFC 6455 §4.1). The usual culprits: a cache or proxy that answers with another request's 101, \
            and servers written by hand.
            """,
        fix: Fix(
            "Compute Sec-WebSocket-Accept from the key of this very request; keep caches away from upgrades."),
        references: [.rfc(6455, "4.1"), .rfc(6455, "4.2.2")],
        mistakenFor: ["subprotocol-not-selected", "connection-lost"],
        examine: { facts in
            let check = facts.handshake
            // A client may tell which rule was broken, and not the fields.
            let isTold =
                check.accept == .wrong || check.accept == .missing || check.responseUpgrade == false
                || check.responseConnection == false
            guard facts.sees(.responseFields) || isTold else { return .untestable(.responseFields) }
            var faults: [String] = []
            switch check.accept {
            case .wrong: faults.append("Sec-WebSocket-Accept is not the hash of this request's key")
            case .missing: faults.append("Sec-WebSocket-Accept is missing")
            default: break
            }
            if check.responseUpgrade == false { faults.append("Upgrade: websocket is missing from the 101") }
            if check.responseConnection == false {
                faults.append("Connection: Upgrade is missing from the 101")
            }
            // Without the request nobody knows what was offered.
            let isOfferKnown = facts.request != nil && facts.sees(.requestFields)
            if check.extensionsAgree == false, isOfferKnown {
                faults.append(
                    "the 101 uses an extension that was not offered (\(listed(check.selectedExtensions)))")
            }
            if isOfferKnown, let selected = check.selectedSubprotocols.first,
                !check.offeredSubprotocols.contains(selected)
            {
                let isToken = facts.sent.contains { facts.token(of: $0)?.secret.revealed == selected }
                faults.append(
                    "the 101 selects a subprotocol that was not offered\(isToken ? "" : " (\(selected.prefix(40)))")"
                )
            }
            guard !faults.isEmpty else {
                return .ruledOut(
                    "Accept, Upgrade and Connection of the 101 are right", at: facts.places(facts.attempt))
            }
            let survived = facts.survivedOddSwitch
            var brief = Brief(
                "\(faults.joined(separator: ", and "))\(survived ? "" : ": a client must fail the connection")"
            )
            for fault in faults {
                brief.speaksFor(.strong, .handshake, fault, at: facts.places(facts.attempt), telling: true)
            }
            brief.proof = .arithmetic
            if survived {
                brief.speaksAgainst(
                    .strong, .frames, "the client went on all the same and exchanged messages",
                    at: facts.effectPlaces)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the hash is another key's",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                < Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=
                -- fin client
                """),
            .silent(
                "everything is right",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- fin client
                """),
            .unknown(
                "the client left at once, and the fields of the 101 are not in the export",
                lacks: .responseFields,
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
