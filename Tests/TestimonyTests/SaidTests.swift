import Case
import Diagnosis
import Report
import TestSupport
import Testing
import Wire

@testable import Testimony

/// A case and all that is said of it.
private struct Said: Sendable, CustomStringConvertible {
    let name: String
    let file: CaseFile
    let judgements: [Judgement]
    /// The whole report as text, in one line.
    let text: String

    init(_ name: String, _ file: CaseFile) {
        self.name = name
        self.file = file
        judgements = judge(file)
        var options = Report.Options()
        options.width = 2000
        options.why = true
        options.all = true
        let report = Report(version: "0", file: file, judgements: judgements, options: options)
        text = textReport(report)
    }

    var description: String { name }
}

/// Every capture that is shipped, every example of a cause, the posts and HARs of the tests, and of the corpus the
/// captures, logs, HARs, and posts, where it is here.
private let everything: [Said] = shipped + examples + fixtures + corpus

private let shipped = Corpus.shipped.map { Said($0.name, readCase([$0.bytes])) }

private let examples = Catalogue.causes.flatMap { cause in
    cause.examples.map { Said("\(cause.slug): \($0.name)", Transcript.caseFile($0.transcript)) }
}

private let fixtures: [Said] =
    posts.compactMap { post in
        document(TestFile.packageRoot + "/Tests/TestimonyTests/fixtures/" + post.fixture)
    }
    + HARFixture.all.compactMap { fixture in
        (try? readDocument([Array(fixture.text.utf8)])).map { Said(fixture.description, $0) }
    }

private let corpus: [Said] = {
    guard let root = Corpus.root else { return [] }
    let seeds = String(root.dropLast("/corpus".count)) + "/seeds"
    var all = TestFile.names(in: seeds).compactMap { document(seeds + "/" + $0) }
    for kind in TestFile.names(in: root + "/inputs") {
        let folder = root + "/inputs/" + kind
        for name in TestFile.names(in: folder) {
            let bytes = TestFile.read(folder + "/" + name) ?? []
            if kind == "pcap" {
                if name.contains(".pcap") { all.append(Said(name, readCase([bytes], keyLog: keys(root)))) }
            } else if let said = document(folder + "/" + name) {
                all.append(said)
            }
        }
    }
    return all
}()

private func keys(_ root: String) -> [UInt8] {
    TestFile.read(root + "/inputs/pcap/lab-chromium156-guest-tls13.keys") ?? []
}

private func document(_ path: String) -> Said? {
    guard let bytes = TestFile.read(path), let file = try? readDocument([bytes]) else { return nil }
    return Said(String(path.split(separator: "/").last ?? ""), file)
}

/// The sentences of the judge on one attempt: not what it quotes, and not what others claim.
private func sentences(_ judgement: Judgement) -> [String] {
    var all = judgement.candidates.flatMap { candidate in
        [candidate.summary] + candidate.evidenceFor.map(\.text) + candidate.evidenceAgainst.map(\.text)
    }
    if let verdict = judgement.verdict { all += [verdict.summary] + verdict.fixes.map(\.text) }
    all += judgement.observations.map(\.text).filter { !$0.hasPrefix("Unverified claim") }
    return (all + judgement.comparisons.map(\.text) + judgement.next.map(\.text)).map { unquoted($0) }
}

/// A sentence without what it quotes.
private func unquoted(_ text: String) -> String {
    var kept = ""
    var isQuoted = false
    for character in text {
        if character == "\"" { isQuoted.toggle() } else if !isQuoted { kept.append(character) }
    }
    return kept.lowercased()
}

@Suite("The words of every report, by section 8.3 of the knowledge")
struct SaidTests {
    @Test("there is enough to look at") func enough() {
        #expect(90 < shipped.count && 250 < examples.count && 12 < fixtures.count)
        print("\(everything.count) cases, \(everything.map(\.judgements.count).reduce(0, +)) attempts")
    }

    @Test("below likely nothing is said to be why; a likely cause says that it is likely")
    func tierWords() {
        let sure = [
            "because", "is why", "is the reason", "was refused for", "caused by", "the cause is", "proves",
        ]
        for said in everything {
            for judgement in said.judgements {
                for candidate in judgement.candidates {
                    let text = unquoted(candidate.summary)
                    let what = "\(said) #\(judgement.attempt): \(text)"
                    switch candidate.certainty {
                    case .possible:
                        let own = text.replacing("nothing here proves it")
                        for word in sure { #expect(!own.contains(word), "\(what)") }
                        #expect(text.contains("would explain") || text.contains("possibly"), "\(what)")
                    case .likely: #expect(text.contains("likely"), "\(what)")
                    case .certain:
                        for word in ["likely", "possibly", "would explain"] {
                            #expect(!text.contains(word), "\(what)")
                        }
                    }
                }
                guard let verdict = judgement.verdict, verdict.cause == nil else { continue }
                for word in sure { #expect(!unquoted(verdict.summary).contains(word), "\(said): \(verdict)") }
                #expect(verdict.fixes.isEmpty, "\(said)")
            }
        }
    }

    @Test("evidence says what was seen, and never because")
    func evidenceWords() {
        for said in everything {
            for judgement in said.judgements {
                for text in sentences(judgement) {
                    #expect(!text.contains("because"), "\(said) #\(judgement.attempt): \(text)")
                }
            }
        }
    }

    @Test("another private code without a profile changes nothing but the number")
    func privateNumberSaysNothing() {
        for said in everything {
            var other = said.file
            var isChanged = false
            for index in other.attempts.indices {
                guard let code = other.attempts[index].session?.firstClose?.code, 4000..<5000 ~= code,
                    !said.judgements[index].isByProfile(said.file.attempts[index])
                else { continue }
                isChanged = true
                for place in (other.attempts[index].session?.closes ?? []).indices {
                    other.attempts[index].session?.closes[place].code = 4777
                }
            }
            guard isChanged else { continue }
            let after = judge(other)
            for (before, after) in zip(said.judgements, after) {
                let same = before.verdict?.cause == after.verdict?.cause
                let isNamed = before.isByProfile(said.file.attempts[0])
                #expect(
                    same || isNamed,
                    "\(said): \(before.verdict?.summary ?? "") | \(after.verdict?.summary ?? "")")
            }
        }
    }

    @Test("a private code is explained by a profile or its reason text, or by nothing")
    func privateCodeIsNotExplained() {
        for said in everything {
            for judgement in said.judgements {
                guard
                    let close = said.file.attempts.first(where: { $0.id == judgement.attempt })?.session?
                        .firstClose,
                    let code = close.code, 4000..<5000 ~= code
                else { continue }
                for candidate in judgement.candidates where candidate.summary.contains("\(code) means") {
                    #expect(candidate.summary.contains(":"), "\(said): \(candidate.summary)")
                }
                if close.reason.isEmpty, judgement.verdict?.cause == "private-close-code",
                    let summary = judgement.verdict?.summary
                {
                    #expect(
                        summary.contains("vendor-defined") || summary.contains(": "), "\(said): \(summary)")
                }
            }
        }
    }

    @Test("expired is said of no token that had not ended before the answer by more than the leeway")
    func expiredIsArithmetic() {
        let denied = [
            "not expired", "an expired or damaged", "an expired token", "expired, damaged", "stands expired",
        ]
        for said in everything {
            for judgement in said.judgements {
                guard let attempt = said.file.attempts.first(where: { $0.id == judgement.attempt }) else {
                    continue
                }
                var tokens = attempt.allCredentials.map(\.token)
                if let status = attempt.status, status != 101 { tokens = attempt.credentials.map(\.token) }
                let isExpired = tokens.contains { ended($0, attempt, said.file) }
                if isExpired { continue }
                for text in sentences(judgement) where !text.contains("certificate") {
                    var own = text
                    for phrase in denied { own = own.replacing(phrase) }
                    #expect(!own.contains("expired"), "\(said) #\(judgement.attempt): \(text)")
                }
            }
        }
    }

    /// Whether a token's own end, or the one that its mint stated, lies before the answer or before the close.
    private func ended(_ id: Int, _ attempt: Attempt, _ file: CaseFile) -> Bool {
        let date = attempt.response?.head.first("date").flatMap { Timestamp(httpDate: $0) }
        let moments = [date ?? attempt.response?.at ?? attempt.startedAt, attempt.session?.firstClose?.at]
        let now = moments.compactMap { $0 }.max()
        guard let now else { return false }
        if let expiry = file.token(id)?.jwt?.expiresAt { return expiry.seconds(since: now) < 15 }
        for exchange in file.exchanges {
            for minted in exchange.minted where minted.value == .token(id) {
                if let lifetime = minted.lifetimeSeconds, let born = exchange.response?.at,
                    Double(lifetime) < now.seconds(since: born)
                {
                    return true
                }
            }
        }
        return false
    }

    @Test("no scope is missed in a token that cannot be read")
    func scopeNeedsAReadableToken() {
        for said in everything {
            for judgement in said.judgements {
                guard let attempt = said.file.attempts.first(where: { $0.id == judgement.attempt }) else {
                    continue
                }
                let isReadable = attempt.allCredentials.contains {
                    said.file.token($0.token)?.jwt?.claims != nil
                }
                if isReadable { continue }
                #expect(!judgement.candidates.contains { $0.cause == "scope-missing-inferred" }, "\(said)")
                for text in sentences(judgement) {
                    for word in ["missing scope", "lacks the scope", "grants only", "lacks a scope"] {
                        #expect(!text.contains(word), "\(said): \(text)")
                    }
                }
            }
        }
    }

    @Test("1005, 1006 and 1015 come from no peer")
    func artefactsComeFromNobody() {
        for said in everything {
            let text = unquoted(said.text)
            for code in ["1005", "1006", "1015"] {
                for verb in ["closed with", "closed by", "sent", "close frame", "closed the socket with"] {
                    #expect(!text.contains("\(verb) \(code)"), "\(said)")
                }
                #expect(!text.contains("\(code) by the"), "\(said)")
            }
        }
    }

    @Test("each refuted cause carries its fact, each candidate what speaks for it and against it")
    func everyLineHasItsFact() {
        for said in everything {
            for judgement in said.judgements {
                for refuted in judgement.ruledOut {
                    #expect(4 < refuted.because.text.count, "\(said): \(refuted.cause)")
                    #expect(!judgement.candidates.contains { $0.cause == refuted.cause }, "\(said)")
                }
                for untested in judgement.untested { #expect(!untested.missing.isEmpty, "\(said)") }
                for candidate in judgement.candidates {
                    #expect(!candidate.evidenceFor.isEmpty, "\(said): \(candidate.cause)")
                    #expect(candidate.evidenceFor.allSatisfy { 4 < $0.text.count }, "\(said)")
                }
                let silent = judgement.candidates.count { $0.evidenceAgainst.isEmpty }
                let rows = said.text.split(separator: "\n").count { $0.hasSuffix("against nothing seen") }
                #expect(silent <= rows, "\(said)")
            }
        }
    }

    @Test("what section 7 calls not justified is said nowhere")
    func unjustifiedIsNotSaid() {
        let never = [
            "use ?token=", "use ?access_token=", "grant webchat", "needs webchat:guest",
            "missing webchat:guest", "wrong grant type",
            "almost certainly", "scope mismatch", "you can never", "never reuse", "cannot reuse a token",
            "expired during the idle", "missing analytics", "drops after 60", "url-encode the jwt",
            "stripped by the gateway", "signature is invalid", "enable the capability",
        ]
        for said in everything {
            for judgement in said.judgements {
                for text in sentences(judgement) {
                    for words in never { #expect(!text.contains(words), "\(said): \(text)") }
                }
            }
        }
    }

    @Test("no undetermined verdict stands without a next step, and none names a cause as its own")
    func undeterminedHasNextSteps() {
        for said in everything {
            for judgement in said.judgements where judgement.isUndetermined {
                #expect(!judgement.next.isEmpty, "\(said) #\(judgement.attempt)")
                let top = judgement.candidates.first {
                    $0.cause != "private-close-code" && $0.certainty != .possible
                }
                let isNamed =
                    top.map { ["closed-right-after-upgrade", "policy-violation"].contains($0.cause) } ?? true
                #expect(
                    isNamed || Catalogue.cause(named: top?.cause ?? "")?.role != .proximate,
                    "\(said): \(top?.cause ?? "")")
            }
        }
    }
}

extension Judgement {
    /// Whether a profile or the subprotocol's own registry may know the codes here.
    fileprivate func isByProfile(_ attempt: Attempt) -> Bool {
        let said = candidates.flatMap { $0.evidenceFor.map(\.text) + [$0.summary] }
        return said.contains {
            $0.contains("(documented") || $0.contains("(observed") || $0.contains("(reported")
        }
    }
}

extension String {
    fileprivate func replacing(_ part: String) -> String {
        var rest = self[...]
        var kept = ""
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                rest = rest.dropFirst(part.count)
            } else {
                kept.append(rest.removeFirst())
            }
        }
        return kept
    }
}
