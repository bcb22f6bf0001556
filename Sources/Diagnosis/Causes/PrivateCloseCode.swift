import Case
import Wire

extension Cause {
    /// The server closed with a code that only it can explain.
    static let privateCloseCode = Cause(
        "private-close-code", "SESSION-106", "The server closed with a private code (4000 to 4999)",
        role: .generic, explains: [.closed],
        needs: .closes,
        explanation: """
            Codes from 4000 to 4999 are private (RFC 6455 §7.4.2): they mean what the two ends agreed on, and the \
            same number means unrelated things elsewhere. The reason text comes first, then a profile of this very \
            gateway; without either the number alone says nothing.
            """,
        fix: Fix(
            "Follow the reason text; look the code up in this gateway's own documentation.",
            applicability: .maybeIncorrect),
        references: [.rfc(6455, "7.4.2")],
        mistakenFor: ["policy-violation", "number-is-not-a-close-code"],
        examine: { facts in
            guard let close = facts.close, let code = close.code, 4000..<5000 ~= code else { return .silent }
            let side = close.by == .server ? "server" : "client"
            var fact = "The \(side) closed the socket with \(code)"
            var brief: Brief
            if !close.reason.isEmpty {
                fact +=
                    " and the reason \"\(facts.maskedReason)\"\(facts.ageAtEnd.map { ", \($0) after the upgrade" } ?? "")."
                brief = Brief(
                    fact: fact,
                    claim: "the code is private and has no meaning of its own: the reason text is what counts"
                )
            } else if let known = facts.closeCodeMeaning(code) {
                fact +=
                    "\(facts.seesCloseReason ? " and without a reason text" : "")\(facts.ageAtEnd.map { ", \($0) after the upgrade" } ?? "")."
                brief = Brief(
                    fact: fact,
                    claim:
                        "\(known.profile.title): \(known.behaviour.says) (\(known.behaviour.basis.rawValue))")
            } else {
                fact +=
                    "\(facts.seesCloseReason ? " and without a reason text" : "")\(facts.ageAtEnd.map { ", \($0) after the upgrade" } ?? "")."
                brief = Brief(
                    fact: fact,
                    claim:
                        "the code is vendor-defined: its meaning is in this gateway's own documentation only")
            }
            brief.speaksFor(
                .strong, .frames, "close frame \(code) by the \(side)", at: [close.place], telling: true)
            if !close.reason.isEmpty, facts.stated.contains(where: { $0.slug == "credential-judged" }) {
                brief.speaksFor(.strong, .words, "its reason: \"\(facts.maskedReason)\"", at: [close.place])
            }
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the code comes with a reason",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 4003 "Invalid authentication token"
                """),
            .silent(
                "1011 is a standard code",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1011 "crashed"
                """),
            .unknown(
                "a post quotes the reason of the close, and not its code", lacks: .closeCode,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close - "Invalid authentication token"
                ?? reported frames
                """),
        ]
    )
}
