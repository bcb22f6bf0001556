import Case
import Diagnosis
import TestSupport
import Testing

/// A conversation whose credentials somebody replaced, and the causes that nobody can tell from it.
struct Masked: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var untested: [String]
    var transcript: String

    init(_ name: String, _ untested: [String], _ transcript: String) {
        testDescription = name
        self.untested = untested
        self.transcript = transcript
    }
}

private let cases: [Masked] = [
    Masked(
        "a plain request and the upgrade", ["token-accepted-elsewhere", "token-truncated"],
        """
        === rest
        > GET /me HTTP/1.1
        > Authorization: Bearer [redacted]
        < HTTP/1.1 200 OK
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer [redacted]
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
    Masked(
        "two upgrades, of which the first was accepted", ["reconnect-with-old-token"],
        """
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer [redacted]
        < HTTP/1.1 101 Switching Protocols
        -- 60 s
        << close 1001
        ?? credentialValues
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer [redacted]
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
    Masked(
        "a mint between two upgrades",
        [
            "refresh-returned-same-token", "wrong-token-of-several", "token-expired", "session-url-spent",
            "reconnect-with-old-token",
        ],
        """
        === upgrade
        > GET /live?access_token=[redacted] HTTP/1.1
        < HTTP/1.1 101 Switching Protocols
        << close 1001
        ?? credentialValues
        === rest
        > POST /oauth/token HTTP/1.1
        < HTTP/1.1 200 OK
        < Content-Type: application/json
        <
        < {"access_token":"[redacted]","refresh_token":"[redacted]","id_token":"[redacted]","expires_in":60}
        -- 600 s
        === upgrade
        > GET /live?access_token=[redacted] HTTP/1.1
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
    Masked(
        "a cookie that was read, and one that was replaced", ["session-cookie-missing"],
        """
        === rest
        > GET /me HTTP/1.1
        > Cookie: session=9f8a7c6b5d4e3f2a1b0c9d8e7f
        < HTTP/1.1 200 OK
        === upgrade
        > GET /live HTTP/1.1
        > Cookie: session=[redacted]
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
    Masked(
        "a query and a header field", ["credentials-conflict"],
        """
        === upgrade
        > GET /live?access_token=*** HTTP/1.1
        > Authorization: Bearer [redacted]
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
    Masked(
        "a URL that was handed out, and one whose query was replaced", ["minted-url-not-used"],
        """
        === rest
        > POST /channels HTTP/1.1
        < HTTP/1.1 200 OK
        < Content-Type: application/json
        <
        < {"connectUri":"wss://api.example.org/channels/4711?ticket=a1b2c3d4e5f6a7b8c9"}
        === upgrade
        > GET /channels/4711?ticket=*** HTTP/1.1
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
    Masked(
        "the query first, a header field then", ["token-stray-characters"],
        """
        === upgrade
        > GET /live?access_token=[redacted] HTTP/1.1
        < HTTP/1.1 101 Switching Protocols
        ?? credentialValues
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer [redacted]
        < HTTP/1.1 401 Unauthorized
        ?? credentialValues
        """),
]

@Test("values that were replaced by the same word are not the same", arguments: cases)
func replacedValuesAreNotTheSame(_ item: Masked) throws {
    var options = JudgeOptions()
    options.keepsTrail = true
    let judgement = try #require(judge(Transcript.caseFile(item.transcript), options: options).last)
    for slug in item.untested {
        let trial = judgement.trail.first { $0.cause == slug }
        #expect(trial?.outcome == "not tested", "\(slug): \(trial?.why ?? "")")
    }
    for said in judgement.trail.map(\.why) + judgement.observations.map(\.text) {
        for word in [
            "same bytes", "bytes equal", "same token", "same cookie", "another value", "different tokens",
        ] {
            #expect(!said.contains(word), "\(said)")
        }
    }
}
