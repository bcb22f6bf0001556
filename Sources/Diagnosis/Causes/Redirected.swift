import Case
import Wire

extension Cause {
    /// 3xx to another URL.
    static let redirected = Cause(
        "redirected", "UPGRADE-207", "The upgrade was redirected",
        explains: [.refused],
        needs: .responseFields,
        explanation: """
            A WebSocket client need not follow redirects (RFC 6455 §4.1), and browsers do not. A redirect that \
            merely adds `https`, a host or a trailing slash therefore ends the attempt.
            """,
        fix: Fix("Dial the final URL."),
        references: [.rfc(6455, "4.1"), .rfc(9110, "15.4")],
        mistakenFor: ["redirected-to-login"],
        examine: { facts in
            guard let status = facts.status, 300..<400 ~= status else { return .silent }
            guard facts.sees(.responseFields), let response = facts.response else {
                return .untestable(.responseFields)
            }
            guard let location = facts.redirection, !location.isLogin else { return .silent }
            var brief = Brief(
                "the server redirects the upgrade with \(status) to \(location.text), and WebSocket clients do not follow"
            )
            brief.speaksFor(
                .strong, .status, "\(status), Location: \(location.text)", at: [response.place], telling: true
            )
            brief.proof = .stated
            brief.fix = Fix(
                "Dial \(location.text) directly\(location.text.hasPrefix("http") ? ", with ws or wss in place of http or https" : "")."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "a slash is added",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 301 Moved Permanently
                < Location: /live/
                """),
            .silent(
                "the target is a login page",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 302 Found
                < Location: https://login.example.org/oauth/authorize?client_id=1
                """),
            .unknown(
                "301, and the export left Location out", lacks: .responseFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 301 Moved Permanently
                ?? responseFields responseBody
                """),
        ]
    )
}
