import Case
import Wire

extension Cause {
    /// 200 and ordinary content.
    static let notAWebSocketEndpoint = Cause(
        "not-a-websocket-endpoint", "UPGRADE-204", "The endpoint answered with ordinary content",
        explains: [.refused],
        needs: .status,
        explanation: """
            A 2xx with a page or a document: whoever answered did not take the request for an upgrade. Either the \
            path serves something else (the page of an application, a health check), or a proxy passed the request \
            on without its Upgrade field.
            """,
        fix: Fix(
            "Dial the path of the socket; when it is the right one, make the proxy forward Upgrade and Connection."
        ),
        references: [.rfc(6455, "4.2.2"), .rfc(9110, "7.8")],
        mistakenFor: ["proxy-drops-upgrade", "path-not-found"],
        examine: { facts in
            guard let status = facts.status, 200..<300 ~= status else { return .silent }
            let type = facts.response?.head.first("content-type")
            var brief = Brief(
                "\(facts.shownPath) answered \(status)\(type.map { " with \($0)" } ?? "") instead of 101: no upgrade happened"
            )
            brief.speaksFor(
                .strong, .status, "\(status) instead of 101", at: facts.effectPlaces, telling: true)
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "a page came back",
                """
                > GET / HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: text/html
                <
                < <!doctype html><title>App</title>
                """),
            .silent(
                "a refusal",
                """
                > GET / HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the browser says that it was no 101, and hides what came in its place", lacks: .status,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 200 OK
                ?? status responseFields responseBody
                """),
        ]
    )
}
