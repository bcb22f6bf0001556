import Case
import Diagnosis
import TestSupport
import Testing

/// The verdict as one that can be compared: how sure, of what.
private func strength(_ judgement: Judgement?) -> (cause: String?, tier: Int) {
    guard let verdict = judgement?.verdict, let cause = verdict.cause else { return (nil, 0) }
    return (cause, verdict.certainty == .certain ? 3 : verdict.certainty == .likely ? 2 : 1)
}

private let cases: [(name: String, file: CaseFile)] = Catalogue.causes.flatMap { cause in
    cause.examples.map { ("\(cause.slug): \($0.name)", Transcript.caseFile($0.transcript)) }
}

@Suite("What less or more evidence does to a verdict")
struct WeakeningTests {
    @Test("an irrelevant field changes no verdict")
    func irrelevantFieldChangesNothing() {
        for (name, file) in cases {
            var more = file
            for index in more.attempts.indices {
                if let request = more.attempts[index].request {
                    more.attempts[index].request?.head = adding("X-Trace: 4711", to: request.head)
                }
            }
            let before = judge(file, options: JudgeOptions()).map { strength($0) }
            let after = judge(more, options: JudgeOptions()).map { strength($0) }
            #expect(before.map(\.cause) == after.map(\.cause), "\(name)")
            #expect(before.map(\.tier) == after.map(\.tier), "\(name)")
        }
    }

    @Test("tokens numbered otherwise change no verdict")
    func renumberedTokensChangeNothing() {
        for (name, file) in cases where 1 < file.tokens.count {
            let count = file.tokens.count
            let number = { (old: Int) in 1 <= old && old <= count ? count + 1 - old : old }
            var other = file
            other.tokens.reverse()
            for index in other.tokens.indices { other.tokens[index].id = index + 1 }
            for index in other.attempts.indices {
                for place in other.attempts[index].credentials.indices {
                    let old = other.attempts[index].credentials[place].token
                    other.attempts[index].credentials[place].token = number(old)
                }
                for place in (other.attempts[index].session?.credentials ?? []).indices {
                    let old = other.attempts[index].session?.credentials[place].token ?? 0
                    other.attempts[index].session?.credentials[place].token = number(old)
                }
            }
            for index in other.exchanges.indices {
                for place in other.exchanges[index].credentials.indices {
                    let old = other.exchanges[index].credentials[place].token
                    other.exchanges[index].credentials[place].token = number(old)
                }
                for place in other.exchanges[index].minted.indices {
                    guard case .token(let old) = other.exchanges[index].minted[place].value else { continue }
                    other.exchanges[index].minted[place].value = .token(number(old))
                }
            }
            let before = judge(file).map { strength($0) }
            let after = judge(other).map { strength($0) }
            #expect(before.map(\.cause) == after.map(\.cause), "\(name)")
            #expect(before.map(\.tier) == after.map(\.tier), "\(name)")
        }
    }

    @Test("deleting an exchange strengthens nothing")
    func deletedExchangeWeakens() {
        for (name, file) in cases where !file.exchanges.isEmpty {
            for gone in file.exchanges.indices {
                var less = file
                less.exchanges.remove(at: gone)
                // Of an exchange that left no trace nobody can know.
                compare(name, file, less, isTraced: false)
            }
        }
    }

    @Test("hiding fields, bodies, frames or closes strengthens nothing")
    func hiddenPartsWeaken() {
        let parts: [Attempt.Unseen] = [
            .requestFields, .responseFields, .responseBody, .frames, .closes, .query, .credentialValues,
            .transport, .status,
        ]
        for (name, file) in cases {
            for part in parts {
                var less = file
                for index in less.attempts.indices { hide(part, in: &less.attempts[index]) }
                compare("\(name), without part \(part.rawValue)", file, less)
            }
        }
    }

    @Test("what is hidden from an example makes its cause untested, and never silent or ruled out")
    func hiddenNeedsAreUntested() {
        for cause in Catalogue.causes {
            #expect(!cause.needs.isEmpty && !cause.needsInWords.isEmpty, "\(cause.slug) names no need")
            for example in cause.examples {
                guard case .fires = example.expectation else { continue }
                var less = Transcript.caseFile(example.transcript)
                for index in less.attempts.indices {
                    for part in parts where cause.needs.contains(part) {
                        hide(part, in: &less.attempts[index])
                    }
                }
                var options = JudgeOptions()
                options.keepsTrail = true
                guard let judgement = judge(less, options: options).last, judgement.verdict != nil else {
                    continue
                }
                let trial = judgement.trail.first { $0.cause == cause.slug }
                #expect(trial?.outcome != "ruled out", "\(cause.slug): \(example.name): \(trial?.why ?? "")")
                let isOther = trial?.why.hasPrefix("it cannot explain") ?? true
                #expect(
                    trial?.outcome != "silent" || isOther,
                    "\(cause.slug): \(example.name): \(trial?.why ?? "")")
            }
        }
    }

    @Test("a part hidden from an example that fires leaves its cause standing or untested")
    func hiddenPartIsUntested() {
        var options = JudgeOptions()
        options.keepsTrail = true
        for cause in Catalogue.causes {
            for example in cause.examples {
                guard case .fires = example.expectation else { continue }
                for part in parts {
                    var less = Transcript.caseFile(example.transcript)
                    for index in less.attempts.indices { hide(part, in: &less.attempts[index]) }
                    guard let judgement = judge(less, options: options).last, judgement.verdict != nil else {
                        continue
                    }
                    guard let trial = judgement.trail.first(where: { $0.cause == cause.slug }) else {
                        continue
                    }
                    if trial.why.hasPrefix("it cannot explain") { continue }
                    #expect(
                        trial.outcome != "silent" && trial.outcome != "ruled out",
                        "\(cause.slug): \(example.name), without part \(part.rawValue): \(trial.outcome): \(trial.why)"
                    )
                }
            }
        }
    }

    private let parts: [Attempt.Unseen] = [
        .requestFields, .responseFields, .responseBody, .frames, .closes, .query, .credentialValues,
        .transport,
        .status,
    ]

    /// The same cause must not rise, and no other may take its place with more certainty.
    private func compare(_ name: String, _ file: CaseFile, _ less: CaseFile, isTraced: Bool = true) {
        let before = judge(file, options: JudgeOptions())
        if isTraced {
            for refuted in newlyRuledOut(judge(less), beyond: before) { Issue.record("\(name): \(refuted)") }
        }
        for (index, after) in judge(less, options: JudgeOptions()).enumerated() {
            let was = strength(before[index])
            let now = strength(after)
            if was.cause == nil { continue }
            if now.cause == was.cause {
                #expect(now.tier <= was.tier, "\(name): \(was) became \(now)")
            }
        }
    }

    private func hide(_ part: Attempt.Unseen, in attempt: inout Attempt) {
        attempt.unseen.insert(part)
        switch part {
        case .responseBody:
            attempt.response?.body = Body(bytes: [], wireLength: 0, length: 0, completeness: .notCaptured)
        case .requestFields:
            attempt.handshake = HandshakeCheck()
            attempt.credentials = attempt.credentials.filter { $0.placement == .query }
            if let head = attempt.request?.head { attempt.request?.head = withoutFields(head) }
        case .responseFields:
            if let head = attempt.response?.head { attempt.response?.head = withoutFields(head) }
        case .closes: attempt.session?.closes = []
        case .frames:
            attempt.session?.firstFrames = []
            attempt.session?.credentials = []
        case .transport:
            attempt.connection.tls = nil
            attempt.connection.protocolMismatch = nil
            attempt.connection.tunnel = nil
            attempt.connection.synCount = 0
            attempt.connection.establishedAt = nil
            if attempt.outcome == .failed { attempt.connection.ending = .open }
        case .status:
            // Whoever was not shown the status was not shown the rest of the answer.
            attempt.unseen.formUnion([.responseFields, .responseBody])
            if attempt.outcome == .refused { attempt.response = nil }
        case .query: attempt.credentials = attempt.credentials.filter { $0.placement != .query }
        default: break
        }
    }

    private func withoutFields(_ head: MessageHead) -> MessageHead {
        var bare = head
        bare.fieldLines = []
        return bare
    }
}

/// The head with one field line more, `Name: value`.
func adding(_ line: String, to head: MessageHead) -> MessageHead {
    var more = head
    let start = more.bytes.count
    let name = line.utf8.prefix { $0 != 0x3a }.count
    more.bytes += Array((line + "\r\n").utf8)
    more.fieldLines.append(
        MessageHead.FieldLine(
            name: start..<start + name, value: start + name + 2..<start + line.utf8.count))
    return more
}
