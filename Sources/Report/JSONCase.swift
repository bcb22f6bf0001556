import Case
import Diagnosis
import JSON
import Wire

/// `exchanges`: ordinary HTTP beside the attempts.
func writeExchanges(_ report: Report, _ evidence: inout EvidenceList, into json: inout JSONWriter) {
    json.name("exchanges")
    json.beginArray()
    for exchange in report.file.exchanges {
        evidence.forgetNumbers()
        json.beginObject()
        json.member("id", "x\(exchange.id)")
        json.member("input", "i\(exchange.input + 1)")
        json.member("method", exchange.request.head.method)
        json.member("url", report.file.url(of: exchange, showingSecrets: report.options.showSecrets))
        json.member("status", exchange.status)
        json.member("startedAt", exchange.request.at?.rfc3339)
        json.member("token", exchange.credentials.first.map { "t\($0.token)" })
        if !exchange.credentials.isEmpty { writeCredentials(exchange.credentials, &evidence, into: &json) }
        if !exchange.minted.isEmpty { writeMinted(exchange.minted, report, &evidence, into: &json) }
        write("evidence", [exchange.request.place], &evidence, into: &json)
        json.endObject()
    }
    json.endArray()
}

private func writeMinted(
    _ minted: [Minted], _ report: Report, _ evidence: inout EvidenceList, into json: inout JSONWriter
) {
    json.name("minted")
    json.beginArray()
    for item in minted {
        json.beginObject()
        json.member("member", item.member)
        switch item.value {
        case .token(let id): json.member("token", "t\(id)")
        case .url(let url):
            json.member("url", report.options.showSecrets ? url.revealed : url.description)
        }
        json.member("expiresIn", item.lifetimeSeconds)
        write("evidence", item.place, &evidence, into: &json)
        json.endObject()
    }
    json.endArray()
}

/// `tokens`: every distinct credential.
func writeTokens<Problem: Error>(
    _ report: Report, into json: inout JSONWriter, flush: (inout JSONWriter) throws(Problem) -> Void
) throws(Problem) {
    let seen = TokenUses(report.file)
    json.name("tokens")
    json.beginArray()
    for token in report.file.tokens {
        writeToken(
            token, seenIn: seen.labels(of: token.id), showingSecrets: report.options.showSecrets, into: &json)
        if 1 << 16 <= json.bytes.count { try flush(&json) }
    }
    json.endArray()
}

func writeToken(
    _ token: Token, seenIn: [String], showingSecrets: Bool, into json: inout JSONWriter,
    more: (inout JSONWriter) -> Void = { _ in }
) {
    let jwt = token.jwt
    json.beginObject()
    json.member("id", "t\(token.id)")
    json.member("kind", token.kind.rawValue)
    json.member("alg", jwt?.algorithm)
    json.member("kid", jwt?.keyID)
    json.member("bytes", token.secret.count)
    json.name("claims")
    json.value(jwt?.claims ?? .object([]))
    json.member("lifetime") { json in
        json.object { json in
            json.member("issuedAt", jwt?.issuedAt?.rfc3339)
            json.member("notBefore", jwt?.notBefore?.rfc3339)
            json.member("expiresAt", jwt?.expiresAt?.rfc3339)
            let begin = jwt?.issuedAt ?? jwt?.notBefore
            if let begin, let end = jwt?.expiresAt { json.member("seconds", end.seconds(since: begin)) }
        }
    }
    if let scopes = jwt?.scopes { json.member("scopes", scopes) }
    json.member("defects", token.defects.map(\.rawValue))
    json.member("seenIn", seenIn)
    json.member("verified", token.verification.rawValue)
    if showingSecrets { json.member("secret", token.secret.revealed) }
    more(&json)
    json.endObject()
}
