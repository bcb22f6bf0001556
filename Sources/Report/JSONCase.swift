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
            token, seenIn: seen[token.id], showingSecrets: report.options.showSecrets, into: &json)
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

/// By token: the attempts (`1`) and exchanges (`x1`) that carry it or handed it out. Two flat lists: a large case has
/// a token for each attempt.
private struct TokenUses {
    /// Attempts by number, exchanges by number below zero; token after token.
    private var uses: [Int32] = []
    /// Where those of each token begin, and the end; token 0 is none.
    private var starts: [Int32]

    init(_ file: CaseFile) {
        var counts = [Int32](repeating: 0, count: file.tokens.count + 2)
        TokenUses.visit(file) { token, _ in if counts.indices.contains(token + 1) { counts[token + 1] += 1 } }
        for token in 1..<counts.count { counts[token] += counts[token - 1] }
        starts = counts
        var next = counts
        var uses = [Int32](repeating: 0, count: Int(counts.last ?? 0))
        TokenUses.visit(file) { token, use in
            guard next.indices.contains(token + 1) else { return }
            uses[Int(next[token])] = use
            next[token] += 1
        }
        self.uses = uses
    }

    /// The labels of one token's uses, in order and without repeats.
    subscript(token: Int) -> [String] {
        guard 0 <= token, token + 1 < starts.count else { return [] }
        var labels: [String] = []
        var last: Int32 = 0
        for use in uses[Int(starts[token])..<Int(starts[token + 1])] where use != last {
            labels.append(0 < use ? "\(use)" : "x\(-use)")
            last = use
        }
        return labels
    }

    private static func visit(_ file: CaseFile, _ body: (Int, Int32) -> Void) {
        for index in file.attempts.indices {
            let id = Int32(truncatingIfNeeded: file.attempts.id(index))
            for token in file.attempts.tokens(index) { body(token, id) }
        }
        for exchange in file.exchanges {
            let id = -Int32(truncatingIfNeeded: exchange.id)
            for credential in exchange.credentials { body(credential.token, id) }
            for minted in exchange.minted {
                if case .token(let token) = minted.value { body(token, id) }
            }
        }
    }
}
