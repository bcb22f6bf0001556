import Case
import Diagnosis
import JSON
import Report
import WebSocket
import Wire

/// What the page asks of single attempts.
extension AttemptBook {
    /// Everything about one attempt; nil when it is not kept.
    func detail(_ number: Int) -> [UInt8]? {
        guard let entry = entries[number], let item = item(number) else { return nil }
        guard var file = entry.file, var attempt = entry.attempt else {
            return Array("{\"item\":".utf8) + item
                + Array(",\"report\":null,\"show\":null,\"frames\":null}".utf8)
        }
        if let reader = entry.reader {
            // The case is as old as the 101; what was said since is counted here.
            var session = reader.session
            session.firstFrames = attempt.session?.firstFrames ?? []
            session.credentials = attempt.session?.credentials ?? []
            attempt.session = session
            file.attempts = [attempt]
        }
        let judgements = entry.judgement.map { [$0] } ?? []
        var bytes = Array("{\"item\":".utf8) + item + Array(",\"report\":".utf8)
        let report = Report(version: version, file: file, judgements: judgements)
        writeJSONReport(report) { bytes += $0.take() }
        var json = JSONWriter()
        json.value(markdownReport(report))
        bytes += Array(",\"markdown\":".utf8) + json.take()
        if attempt.session != nil || entry.stage == .opened {
            var session = attempt.session ?? Session()
            if !entry.frames.isEmpty { (session.firstFrames, session.lastFrames) = (entry.frames, []) }
            attempt.session = session
            file.attempts = [attempt]
        }
        var show = showJSON(Report(version: version, file: file, judgements: []), attempt: attempt.id)
        let total = entry.frameCounts.client + entry.frameCounts.server
        return bytes + Array(",\"total\":\(total),\"show\":".utf8) + show.take() + Array("}".utf8)
    }

    /// Two attempts side by side, as `wsdiag diff` tells it; nil when one of them is not kept.
    func difference(_ left: Int, _ right: Int) -> [UInt8]? {
        guard let first = report(left), let second = report(right) else { return nil }
        var json = diffJSON(first.report, attempt: first.id, second.report, attempt: second.id)
        return json.take()
    }

    private func report(_ number: Int) -> (report: Report, id: Int)? {
        guard let entry = entries[number], let file = entry.file, let attempt = entry.attempt else {
            return nil
        }
        return (Report(version: version, file: file, judgements: []), attempt.id)
    }

    /// The bytes of a handshake; nil when they are not kept.
    func raw(_ number: Int, showingSecrets: Bool) -> [UInt8]? {
        guard let entry = entries[number], let file = entry.file, let attempt = entry.attempt else {
            return nil
        }
        return RawHandshake(file, attempt).json(showingSecrets: showingSecrets)
    }

    /// The value of a token, which was clicked; nil when it is not kept.
    func secret(_ token: Int, of number: Int) -> [UInt8]? {
        guard let entry = entries[number], let known = entry.file?.token(token),
            entry.attempt?.allCredentials.contains(where: { $0.token == token }) ?? false
        else { return nil }
        var json = JSONWriter()
        json.object { $0.member("value", known.secret.revealed) }
        return json.take()
    }
}

/// What a finding means, as `wsdiag rules` tells it; nil when there is none of that name.
func rulePage(_ slug: String) -> [UInt8]? {
    guard let cause = Catalogue.causes.first(where: { $0.slug == slug }) else { return nil }
    var json = JSONWriter()
    json.object { json in
        json.member("slug", cause.slug)
        json.member("text", causeText(cause, Report.Options()))
    }
    return json.take()
}
