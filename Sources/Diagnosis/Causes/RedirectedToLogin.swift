import Case
import Wire

extension Cause {
    /// 3xx to a page where one signs in.
    static let redirectedToLogin = Cause(
        "redirected-to-login", "UPGRADE-208", "The upgrade was redirected to a login page",
        explains: [.refused],
        needs: .responseFields,
        explanation: """
            The server did not accept the session and sends the client to sign in, as it would a browser. A \
            WebSocket client cannot follow. To the server this request has no valid session: the cookie is missing, \
            over, or not sent to this host.
            """,
        fix: Fix(
            "Sign in first and send the session with the upgrade; let the socket's path answer 401 instead of a redirect."
        ),
        references: [.rfc(6455, "4.1"), .rfc(6265, "5.4")],
        mistakenFor: ["redirected", "credential-missing", "session-cookie-missing"],
        examine: { facts in
            guard let status = facts.status, 300..<400 ~= status else { return .silent }
            guard facts.sees(.responseFields), let response = facts.response else {
                return .untestable(.responseFields)
            }
            guard let location = facts.redirection, location.isLogin else { return .silent }
            var brief = Brief(
                "the server sends this client to sign in (\(status) to \(location.text)): it did not accept its session"
            )
            brief.speaksFor(
                .strong, .status, "\(status), Location: \(location.text)", at: [response.place], telling: true
            )
            brief.proof = .stated
            if case .success(true) = facts.sentNoCredential,
                facts.request?.head.has("cookie") == false
            {
                brief.speaksFor(
                    .weak, .placement, "neither cookie nor credential was sent", at: facts.requestPlaces)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "302 to an authorization endpoint",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 302 Found
                < Location: https://login.example.org/oauth/authorize?client_id=1
                """),
            .silent(
                "a slash is added",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 301 Moved Permanently
                < Location: /live/
                """),
            .unknown(
                "the access log shows the 302, and not where it leads", lacks: .responseFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 302 Found
                ?? requestFields responseFields responseBody
                """),
        ]
    )
}
