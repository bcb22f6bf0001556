package import Case
import Diagnosis
import JSON
package import Wire

/// One element of `attempts`.
func writeAttempt(
    _ attempt: Attempt, _ judgement: Judgement?, _ report: Report, _ evidence: inout EvidenceList,
    into json: inout JSONWriter
) {
    evidence.forgetNumbers()
    json.beginObject()
    writeIdentity(attempt, report, into: &json)
    writeOutcome(attempt, report, into: &json)
    writeVerdict(judgement?.verdict, into: &json)
    writeCandidates(judgement?.candidates ?? [], &evidence, into: &json)
    writeRuledOut(judgement?.ruledOut ?? [], &evidence, into: &json)
    json.member("untested") { json in
        json.array { json in
            for item in judgement?.untested ?? [] {
                json.object { json in
                    json.member("cause", item.cause)
                    json.member("code", item.code)
                    json.member("missing", item.missing)
                    json.member("howToGet", item.howToGet)
                }
            }
        }
    }
    json.member("next") { json in
        json.array { json in
            for step in judgement?.next ?? [] {
                json.object { json in
                    json.member("text", step.text)
                    json.member("command", step.command)
                }
            }
        }
    }
    writeCredentials(attempt.allCredentials, &evidence, into: &json)
    json.member("frames") { json in
        json.object { json in
            json.member("sent", attempt.session?.counts.client.frames ?? 0)
            json.member("received", attempt.session?.counts.server.frames ?? 0)
        }
    }
    if !attempt.seenAlso.isEmpty { write("seenAlso", attempt.seenAlso, &evidence, into: &json) }
    if let judgement { writeRemarks(judgement, report, &evidence, into: &json) }
    json.endObject()
}

/// Which attempt it is, and where it ran.
func writeIdentity(_ attempt: Attempt, _ report: Report, into json: inout JSONWriter) {
    json.member("id", attempt.id)
    json.member("input", "i\(attempt.input + 1)")
    json.member("url", report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
    json.member("startedAt", attempt.startedAt?.rfc3339)
    json.member("client", attempt.connection.client?.description)
    json.member("server", attempt.connection.server?.description)
    if 0 <= attempt.connection.stream { json.member("stream", attempt.connection.stream) }
}

func writeOutcome(_ attempt: Attempt, _ report: Report, into json: inout JSONWriter) {
    json.name("outcome")
    json.beginObject()
    json.member("kind", attempt.outcome.rawValue)
    json.member("status", attempt.status)
    json.name("close")
    if let close = Closing(attempt) {
        json.beginObject()
        json.member("code", close.code)
        json.member("reason", close.reason.isEmpty ? "" : report.shown(close.reason))
        json.member("by", close.by.word)
        json.member("frame", close.hasFrame)
        json.endObject()
    } else {
        json.null()
    }
    json.member("basis", attempt.basis.rawValue)
    json.endObject()
}

/// How an open socket ended, in the terms of an API (RFC 6455 §7.1.5).
package struct Closing: Sendable, Equatable {
    /// The status code.
    package var code: Int
    /// The reason; may be empty. It is not masked.
    package var reason: String
    /// Who closed.
    package var by: Side
    /// Whether a close frame was seen; without one the code is 1006.
    package var hasFrame: Bool

    /// Nil where no session was open, or it still is.
    package init?(_ attempt: Attempt) {
        guard let session = attempt.session else { return nil }
        if let close = session.firstClose {
            self.init(code: close.code ?? 1005, reason: close.reason, by: close.by, hasFrame: true)
            return
        }
        switch attempt.connection.ending {
        case .finished(let side), .reset(let side):
            self.init(code: 1006, reason: "", by: side, hasFrame: false)
        case .open, .refused, .unanswered: return nil
        }
    }

    private init(code: Int, reason: String, by: Side, hasFrame: Bool) {
        self.code = code
        self.reason = reason
        self.by = by
        self.hasFrame = hasFrame
    }
}

private func writeVerdict(_ verdict: Verdict?, into json: inout JSONWriter) {
    json.name("verdict")
    guard let verdict else { return json.null() }
    json.object { json in
        json.member("cause", verdict.cause ?? "undetermined")
        json.member("code", verdict.code)
        json.member("certainty", verdict.certainty.rawValue)
        json.member("summary", verdict.summary)
        json.member("fix") { json in
            json.array { json in
                for fix in verdict.fixes {
                    json.object { json in
                        json.member("text", fix.text)
                        json.member("command", fix.command)
                        json.member("applicability", fix.applicability.rawValue)
                    }
                }
            }
        }
    }
}

private func writeCandidates(
    _ candidates: [Candidate], _ evidence: inout EvidenceList, into json: inout JSONWriter
) {
    json.name("candidates")
    json.beginArray()
    for candidate in candidates {
        json.beginObject()
        json.member("cause", candidate.cause)
        json.member("code", candidate.code)
        json.member("certainty", candidate.certainty.rawValue)
        write("for", candidate.evidenceFor.lazy.flatMap(\.places), &evidence, into: &json)
        write("against", candidate.evidenceAgainst.lazy.flatMap(\.places), &evidence, into: &json)
        json.member("summary", candidate.summary)
        writeStatements("reasonsFor", candidate.evidenceFor, &evidence, into: &json)
        writeStatements("reasonsAgainst", candidate.evidenceAgainst, &evidence, into: &json)
        json.endObject()
    }
    json.endArray()
}

private func writeRuledOut(_ items: [RuledOut], _ evidence: inout EvidenceList, into json: inout JSONWriter) {
    json.name("ruledOut")
    json.beginArray()
    for item in items {
        json.beginObject()
        json.member("cause", item.cause)
        json.member("code", item.code)
        json.member("because", item.because.text)
        write("evidence", item.because.places, &evidence, into: &json)
        json.endObject()
    }
    json.endArray()
}

func writeCredentials(
    _ credentials: [Credential], _ evidence: inout EvidenceList, into json: inout JSONWriter,
    withEvidence: Bool = true
) {
    json.name("credentials")
    json.beginArray()
    for credential in credentials {
        json.beginObject()
        json.member("token", "t\(credential.token)")
        json.member("in", credential.placement.rawValue)
        json.member("name", credential.name)
        json.member("scheme", credential.scheme)
        if !credential.defects.isEmpty { json.member("defects", credential.defects.map(\.rawValue)) }
        if withEvidence { write("evidence", credential.place, &evidence, into: &json) }
        json.endObject()
    }
    json.endArray()
}

/// What is said beside the verdict.
private func writeRemarks(
    _ judgement: Judgement, _ report: Report, _ evidence: inout EvidenceList, into json: inout JSONWriter
) {
    if !judgement.serverWords.isEmpty {
        writeStatements("serverWords", judgement.serverWords, &evidence, into: &json)
    }
    if let responder = judgement.responder {
        json.name("responder")
        json.beginObject()
        json.member("name", responder.name)
        json.member("certainty", responder.certainty?.rawValue)
        json.member("because", responder.because.text)
        write("evidence", responder.because.places, &evidence, into: &json)
        json.member("meaning", responder.meaning)
        json.endObject()
    }
    if !judgement.observations.isEmpty {
        writeStatements("observations", judgement.observations, &evidence, into: &json)
    }
    if !judgement.comparisons.isEmpty {
        writeStatements("comparisons", judgement.comparisons, &evidence, into: &json)
    }
    guard report.options.why else { return }
    json.name("trail")
    json.beginArray()
    for trial in judgement.trail {
        json.beginObject()
        json.member("cause", trial.cause)
        json.member("code", trial.code)
        json.member("outcome", trial.outcome)
        json.member("why", trial.why)
        json.endObject()
    }
    json.endArray()
}

private func writeStatements(
    _ name: String, _ statements: [Statement], _ evidence: inout EvidenceList, into json: inout JSONWriter
) {
    json.name(name)
    json.beginArray()
    for statement in statements {
        json.beginObject()
        json.member("text", statement.text)
        write("evidence", statement.places, &evidence, into: &json)
        json.endObject()
    }
    json.endArray()
}
