import Case
import Wire

extension Cause {
    /// "401" in a message.
    static let inBandAuthError = Cause(
        "in-band-auth-error", "PROTO-204", "An authentication error inside an open socket",
        explains: [.inBand],
        needs: .frames,
        explanation: """
            The upgrade succeeded with 101, and a message of the server then carries an error of authentication or \
            rights, often with the number 401 or 403 in it. That number is a member of a message, not an HTTP status: \
            the handshake is not what failed.
            """,
        fix: Fix(
            "Look at what the client sent in its first messages: the credential there is the one that was judged."
        ),
        references: [.rfc(6455, "5.6")],
        mistakenFor: ["in-band-forbidden-no-route", "first-message-auth-missing"],
        examine: { facts in
            guard let error = facts.inBand else { return .silent }
            guard !error.namesConnection else {
                return .ruledOut("the message is a routing answer", at: [error.frame.place])
            }
            let isCode =
                error.code.map { [401, 403, 4001, 4003, 4401, 4403].contains($0) || 40_100..<40_200 ~= $0 }
                ?? false
            let isKind = ["auth_invalid", "auth_failed", "unauthorized", "forbidden"].contains(
                error.kind?.lowercased() ?? "")
            let isSaid = facts.judgedCredential != nil || facts.statement(of: "credential-missing") != nil
            guard isCode || isKind || isSaid else { return .silent }
            let code = error.code.map { " \($0)" } ?? ""
            let what = facts.words.first { $0.carrier == .message }?.quote ?? "an error"
            var brief = Brief(
                "the upgrade succeeded, and a message of the server then carries the error\(code): \(what)")
            brief.speaksFor(.strong, .words, what, at: [error.frame.place], telling: true)
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "401 in a message",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"action":"configureSession"}
                << text {"type":"response","class":"string","code":401,"body":"Unauthorized"}
                """),
            .silent(
                "an answer without error",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"action":"configureSession"}
                << text {"type":"response","class":"SessionResponse","code":200}
                """),
            .unknown(
                "frames were lost, and the one error that is left says nothing of it", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> text {"action":"configureSession"}
                << text {"type":"error","message":"request failed"}
                ?? frames
                """),
        ]
    )
}
