import Case

extension Catalogue {
    /// What an input cannot show: never a cause, and said beside every answer that it touches.
    package struct LimitPage: Sendable, Equatable {
        /// Its name: `tls-keys-missing`.
        package let slug: String
        /// Its code: `CAP-001`.
        package let code: String
        /// One line.
        package let title: String
        /// What follows from it, and how to see more.
        package let remedy: String

        init(_ kind: Limit.Kind, _ title: String, _ remedy: String) {
            slug = kind.rawValue
            code = Limit(kind: kind, text: "").code
            self.title = title
            self.remedy = remedy
        }
    }

    /// The limits, in the order of their codes.
    package static let limits: [LimitPage] = [
        LimitPage(
            .tlsKeysMissing, "TLS could not be decrypted",
            "Nothing inside the connection was seen, so it is neither healthy nor at fault. Record the session's secrets with the capture (SSLKEYLOGFILE, node --tls-keylog=FILE) and name both: `wsdiag howto keys`."
        ),
        LimitPage(
            .packetsMissing, "Packets are cut or lost",
            "What the missing bytes held is unknown, and never absent. Capture with a snap length of 0, a larger buffer, and begin before the client connects."
        ),
        LimitPage(
            .oneLegOnly, "Only one leg of a proxied path was captured",
            "What the proxy changed cannot be told. Capture on both sides of it, and give both files together."
        ),
        LimitPage(
            .browserHidesRefusal,
            "The browser's export does not hold status, fields or body of a refused upgrade",
            "Scripts and exports of browsers see a failed connection and no more. Record a net-export, or a packet capture with keys: `wsdiag howto chrome`."
        ),
        LimitPage(
            .responseBodyMissing, "The response body was not captured",
            "The server's own words may have been in it. Capture until the connection has closed."),
        LimitPage(
            .tokenUnreadable, "The token is opaque or encrypted",
            "Its lifetime, audience and scopes are unknown, so that no verdict is built on them. Ask the issuer's introspection endpoint (RFC 7662)."
        ),
        LimitPage(
            .noControlSample, "There is no successful handshake to compare with",
            "Two handshakes that differ in one thing decide what one alone cannot. Record a connection that works as well."
        ),
        LimitPage(
            .mintMissing, "The response that handed out the token is not in the input",
            "Start the capture before the client logs in."),
        LimitPage(
            .valuesRedacted, "Values are redacted",
            "Whether two of them are equal is unknown. Let wsdiag read the original where it was recorded; its report masks every secret."
        ),
        LimitPage(
            .inputCutShort, "The input ends in the middle of something, or is damaged",
            "What came after is unknown. Copy or export the file again."),
        LimitPage(
            .notDecoded, "A protocol was recognised and is not decoded",
            "HTTP/2, QUIC and unusual link types are counted and not read. Let the client speak HTTP/1.1 for the recording."
        ),
        LimitPage(
            .boundReached, "A bound of the reader was reached",
            "Something was left out, so that nothing is certain from its absence. Give a part of the input: a time range, a host."
        ),
        LimitPage(
            .notHeld, "The form of the input has no place for it",
            "A HAR holds no close frames, a log no bodies: they are unknown, and never absent. Record a packet capture beside it."
        ),
        LimitPage(
            .secretsInside, "An input that looks sanitized still holds credentials",
            "Do not share it as it is: `wsdiag redact`, or the report, which masks every secret."),
        LimitPage(
            .accountsDiffer, "Two accounts of one thing contradict each other",
            "They are kept apart and neither is preferred. Record the connection itself."),
        LimitPage(
            .hearsay, "Statements that were read and not taken as facts",
            "Answers of others in a thread, and guesses, weigh nothing. Record what they are about."),
        LimitPage(
            .changedOnTheWay, "What was relayed was changed on the way",
            "The server saw something else than the client sent. Look at the leg that is in doubt."),
    ]

    /// The limit of a slug or of a code, in any case.
    package static func limit(named word: String) -> LimitPage? {
        limits.first { $0.slug == word.lowercased() || $0.code == word.uppercased() }
    }
}
