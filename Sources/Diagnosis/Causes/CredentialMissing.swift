import Case
import Wire

extension Cause {
    /// The handshake carried no credential.
    static let credentialMissing = Cause(
        "credential-missing", "AUTH-101", "No credential anywhere in the handshake",
        explains: .rejected,
        needs: [.requestFields, .query],
        explanation: """
            The upgrade request carries no Authorization field, no credential in its query, cookies or subprotocols. \
            With 401 that is the usual reason; with 403 it is one among several. Some gateways take the credential \
            in the first message instead, and need none here.

            Browsers cannot set header fields on a WebSocket: `new WebSocket(url)` has no place for Authorization.
            """,
        fix: Fix("Send the credential where this gateway's documentation says it reads it on the upgrade."),
        references: [.rfc(9110, "15.5.2"), .rfc(6750, "3.1")],
        mistakenFor: ["credential-lost-on-the-way", "first-message-auth-missing", "session-cookie-missing"],
        examine: { facts in
            guard facts.isAboutAccess || facts.statement(of: "credential-missing") != nil else {
                return .silent
            }
            switch facts.sentNoCredential {
            case .failure(let blind):
                return facts.toldCandidate(
                    "no credential reached the server",
                    "\(facts.effect) fits a missing credential, and what was sent is not in the input")
                    ?? .untestable(blind.gap)
            case .success(false):
                let names = facts.sentAnywhere.map { "\($0.name) was sent \(facts.place(of: $0.credential))" }
                return .ruledOut(names.joined(separator: ", "), at: facts.requestPlaces)
            case .success(true): break
            }
            if let none = facts.known({ fact -> Bool? in
                if case .credentialChannel(.none, _, true) = fact { true } else { nil }
            }).first {
                return .ruledOut("none is expected here: \(none.text)")
            }
            if let other = facts.acceptedWithoutCredential {
                return .ruledOut(
                    "attempt \(other.id) was accepted here without one", at: facts.places(other))
            }
            if let minted = facts.mintedURL, minted.isSame {
                return .ruledOut(
                    "the URL that \(minted.text) handed out is the credential, and it was dialled as it stands",
                    at: minted.places)
            }
            var brief = Brief(
                fact: "The handshake carried no credential in header, query, cookie or subprotocol.",
                claim: "this server lets nobody in without one")
            brief.speaksFor(
                .moderate, .placement, "no credential anywhere in the request", at: facts.requestPlaces)
            if facts.status == 401 {
                brief.speaksFor(
                    .moderate, .status,
                    "401 means that credentials are lacking or invalid, and none was sent",
                    at: facts.effectPlaces, telling: true)
            }
            if facts.addStatement(of: "credential-missing", to: &brief) {
                brief.claim = "the server asks for one"
            }
            facts.weighStatement(
                otherThan: ["credential-missing", "first-message-auth-missing"], against: &brief)
            if let other = facts.indifferent(.presence) {
                brief.speaksAgainst(
                    .moderate, .comparison, "attempt \(other.id) was refused alike with a credential",
                    at: facts.places(other))
            }
            if let minted = facts.mintedURL, !minted.isSame {
                brief.speaksAgainst(
                    .weak, .lineage, "\(minted.text) handed out a URL, which may be the credential",
                    at: minted.places)
            }
            if let place = facts.messageIsThePlace, brief.proof == nil {
                brief.cap = .possible
                brief.speaksAgainst(.moderate, .profile, place.text)
            }
            if facts.hasIdentifier, brief.proof == nil {
                brief.cap = .possible
                brief.speaksAgainst(
                    .weak, .path, "the URL holds an identifier, which may be the credential",
                    at: facts.requestPlaces)
            }
            brief.test = NextStep("Connect once with a credential, in the place that the gateway documents.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "nothing was sent, and 401 came back",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .certain, "the server says that it is missing",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                <
                < {"error":"Missing authentication token"}
                """),
            .fires(
                .possible, "with 403 it is one among several",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "a token was sent",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the input hides the request's fields", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? requestFields
                """),
        ]
    )
}
