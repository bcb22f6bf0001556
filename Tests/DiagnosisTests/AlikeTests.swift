import Case
import Diagnosis
import TestSupport
import Testing
import Wire

/// The refused attempts of a case again and again, each time at another time and place, by other clients, with other
/// values in the fields that make no difference, and some of them with another token, path or query, or none.
private func crowd(_ file: CaseFile, times: Int, seed: UInt64 = 1) -> CaseFile {
    var random = SeededRandom(seed: seed)
    // One crowd differs in everything, the next in the tokens, in the targets, or in both.
    let variety = seed % 4
    var crowd = file
    let tokens = file.tokens + otherTokens(after: file.tokens.count)
    crowd.tokens = tokens
    for round in 1...times {
        for original in file.attempts where original.outcome == .refused || round == 1 {
            var copy = original
            copy.move(round: round, clients: variety == 0 ? 3 : 1, &random)
            if variety == 0, random.chance(percent: 10), let head = copy.request?.head {
                copy.request?.head = adding("Origin: https://other.example", to: head)
            }
            if variety == 0, random.chance(percent: 10), let head = copy.response?.head {
                copy.response?.head = adding("Retry-After: \(random.below(9))", to: head)
            }
            if variety == 0, random.chance(percent: 5) { copy.credentials = [] }
            if variety != 2, random.chance(percent: variety == 0 ? 40 : 90), !copy.credentials.isEmpty {
                copy.credentials[0].token = tokens[random.below(tokens.count)].id
            }
            if variety != 1, random.chance(percent: variety == 0 ? 30 : 90), let head = copy.request?.head {
                copy.request?.head = head.asking(for: targets[random.below(targets.count)])
            }
            // A server that says what it was sent.
            if variety == 0, random.chance(percent: 5), let body = copy.response?.body {
                let said = tokens[random.below(tokens.count)].secret.revealed
                copy.response?.body = Body(
                    bytes: body.bytes + Array(" \(said)".utf8), wireLength: body.wireLength,
                    length: body.length,
                    completeness: body.completeness)
            }
            if variety == 0, random.chance(percent: 5) { copy.unseen.insert(.requestFields) }
            crowd.attempts.append(copy)
        }
    }
    let sorted = crowd.attempts.sorted {
        ($0.startedAt ?? Timestamp(seconds: 0)) < ($1.startedAt ?? Timestamp(seconds: 0))
    }
    crowd.attempts = AttemptList(sorted)
    for index in crowd.attempts.indices { crowd.attempts[index].id = index + 1 }
    return crowd
}

private let targets = ["/live", "/live?room=1", "/live?room=2&token=abc", "/nothing/here", "/v1/é", ""]

/// Tokens that other clients might send.
private func otherTokens(after count: Int) -> [Token] {
    let file = Transcript.caseFile(
        """
        > GET /live HTTP/1.1
        > Authorization: Bearer {jwt exp=11:00:00 scope="openid"}
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer {jwt exp=15:00:00 iss="https://login.example" aud="other"}
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer {jwt exp=15:00:00 sub=anna jti=1 scope="openid"}
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer {jwt exp=15:00:00 sub=bert jti=2 scope="openid"}
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer {jwt exp=15:00:00 sub=app azp=app scope="openid"}
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer {jwt exp=15:00:00 sub=anna azp=app scope="openid"}
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer eyJhbGciOiJIUzI1NiJ9
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer opaque-of-somebody-else
        < HTTP/1.1 403 Forbidden
        === upgrade
        > GET /live HTTP/1.1
        > Authorization: Bearer YOUR_TOKEN
        < HTTP/1.1 403 Forbidden
        """)
    return file.tokens.enumerated().map { index, token in
        var token = token
        token.id = count + index + 1
        return token
    }
}

extension Attempt {
    /// The same story at another time and place, by another client.
    fileprivate mutating func move(round: Int, clients: Int, _ random: inout SeededRandom) {
        let later = [3_000_000, 700_000_000, 12_000_000_000][random.below(3)] * Int64(round)
        let move = { (moment: Timestamp?) in moment.map { Timestamp(nanoseconds: $0.nanoseconds + later) } }
        let shift = { (place: Place) -> Place in
            guard case .frame(let number, let stream) = place.position else { return place }
            return .frame(number + round * 1000, stream: stream + round * 100, input: place.input)
        }
        startedAt = move(startedAt)
        connection.stream += round * 100
        connection.client = Endpoint(
            ipv4: 0x0a00_0001 + UInt32(random.below(clients)), port: UInt16(2000 + round))
        connection.endedPlace = connection.endedPlace.map(shift)
        for index in credentials.indices { credentials[index].place = shift(credentials[index].place) }
        if var message = request {
            message.place = shift(message.place)
            message.at = move(message.at)
            message.head = adding("X-Request-Number: \(random.below(1000))", to: message.head)
            request = message
        }
        if var message = response {
            message.place = shift(message.place)
            message.at = move(message.at)
            message.head = adding("X-Answer-Number: \(random.below(1000))", to: message.head)
            response = message
        }
    }
}

private let examples: [(name: String, file: CaseFile)] = Catalogue.causes.flatMap { cause in
    cause.examples.map { ("\(cause.slug): \($0.name)", Transcript.caseFile($0.transcript)) }
}

@Suite("Attempts that look alike")
struct AlikeTests {
    @Test("what is remembered of one changes no answer about another", arguments: [false, true])
    func memoryChangesNothing(_ keepsTrail: Bool) {
        var options = JudgeOptions()
        options.keepsTrail = keepsTrail
        var (alike, examined, asked) = (0, 0, 0)
        for (index, (name, file)) in examples.enumerated() where index % (keepsTrail ? 25 : 7) == 0 {
            let crowd = crowd(file, times: 60, seed: UInt64(index))
            let judge = Judge(crowd, options: options)
            let memory = JudgeMemory()
            var aloneExamined = 0
            let alone = crowd.attempts.indices.map { position in
                let memory = JudgeMemory()
                defer { aloneExamined += memory.work.examined }
                return judge.judgement(at: position, memory)
            }
            // Forwards and back again: the first of its kind is judged alone.
            for position in Array(crowd.attempts.indices) + crowd.attempts.indices.reversed() {
                let remembering = judge.judgement(at: position, memory)
                #expect(remembering == alone[position], "\(name), \(position)")
            }
            alike += memory.work.alike
            examined += memory.work.examined
            asked += 2 * aloneExamined
        }
        #expect(examples.count < alike, "many of these have the same look")
        #expect(4 * examined < 3 * asked, "much of what causes say is taken over")
    }

    @Test("a broken token whose claims can be read is told apart from one that has none")
    func brokenTokens() {
        let transcript = """
            > GET /live HTTP/1.1
            > Authorization: Bearer eyJhbGciOiJIUzI1NiJ9
            < HTTP/1.1 403 Forbidden
            < Date: 12:00:00
            === upgrade
            > GET /live HTTP/1.1
            > Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIiwic2NvcGUiOiJvcGVuaWQifQ
            < HTTP/1.1 403 Forbidden
            < Date: 12:00:00
            === upgrade
            > GET /live HTTP/1.1
            > Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdW
            < HTTP/1.1 403 Forbidden
            < Date: 12:00:00
            """
        let file = refusals(24, of: transcript) { attempt, number in
            attempt.connection.client = Endpoint(ipv4: 0x0a00_0001 + UInt32(number), port: 4000)
            // The first eight stand for the rest, so that all others differ from them alike.
            if !attempt.credentials.isEmpty {
                attempt.credentials[0].token = number < 8 ? 3 : 1 + number / 12
            }
        }
        let judging = Judge(file)
        let memory = JudgeMemory()
        for position in file.attempts.indices {
            let alone = judging.judgement(at: position, JudgeMemory())
            #expect(judging.judgement(at: position, memory) == alone)
        }
        #expect(8 < memory.work.alike)
    }

    @Test("a connection to one address that could not be read weakens what is said of that address alone")
    func addresses() throws {
        let transcript = "> GET /live HTTP/1.1\n< HTTP/1.1 401 Unauthorized\n< Date: 12:00:00"
        var file = refusals(40, of: transcript) { attempt, number in
            attempt.connection.server = Endpoint(ipv4: 0x0a00_0100 + UInt32(number % 2), port: 443)
            attempt.connection.client = Endpoint(ipv4: 0x0a00_0001 + UInt32(number), port: 4000)
        }
        let address = try #require(file.attempts[0].connection.server?.addressText)
        file.limits = [
            Limit(kind: .tlsKeysMissing, text: "One was not decrypted.", connections: 1, hosts: [address])
        ]
        let judging = Judge(file)
        let memory = JudgeMemory()
        for position in file.attempts.indices {
            let alone = judging.judgement(at: position, JudgeMemory())
            #expect(judging.judgement(at: position, memory) == alone)
        }
        #expect(20 < memory.work.alike)
        let verdicts = Set(judge(file).map(\.verdict?.certainty))
        #expect(verdicts == [.likely, .possible])
    }

    @Test("no sentence keeps a role where a place belongs")
    func placesAreReal() {
        for (name, file) in examples {
            for judgement in judge(file) {
                let statements =
                    judgement.serverWords + judgement.observations + judgement.comparisons
                    + judgement.candidates.flatMap { $0.evidenceFor + $0.evidenceAgainst }
                    + judgement.ruledOut.map(\.because) + [judgement.responder?.because].compactMap { $0 }
                #expect(statements.allSatisfy { $0.places.allSatisfy { 0 <= $0.input } }, "\(name)")
            }
        }
    }
}

private let forbidden = """
    > GET /live HTTP/1.1
    > Authorization: Bearer {jwt exp=15:00:00 scope="openid"}
    < HTTP/1.1 403 Forbidden
    < Date: 12:00:00
    < Server: example
    """

/// A case of so many refusals of one host, made by a change to each.
private func refusals(
    _ count: Int, of transcript: String = forbidden, _ change: (inout Attempt, Int) -> Void
) -> CaseFile {
    var file = Transcript.caseFile(transcript)
    guard let first = file.attempts.first else { return file }
    let attempts = (0..<count).map { number in
        var attempt = first
        attempt.id = number + 1
        attempt.startedAt = first.startedAt.map {
            Timestamp(nanoseconds: $0.nanoseconds + Int64(number) * 5_000_000)
        }
        change(&attempt, number)
        return attempt
    }
    file.attempts = AttemptList(attempts)
    return file
}

@Suite("The work of judging twenty thousand refusals")
struct WorkTests {
    private static let counts = [5000, 20_000, 5000, 20_000, 5000]
    /// Two neighbours, and eight that stand for each other kind on the same address and on the same host.
    private static let comparedMost = 18

    private static let crowds: [(name: String, change: @Sendable (inout Attempt, Int) -> Void)] = [
        ("all the same", { _, _ in }),
        (
            "five clients",
            { $0.connection.client = Endpoint(ipv4: 0x0a00_0001 + UInt32($1 % 5), port: 4000) }
        ),
        (
            "each of its own client",
            { $0.connection.client = Endpoint(ipv4: 0x0a00_0001 + UInt32($1), port: 4000) }
        ),
        (
            "each with its own path",
            { attempt, number in
                guard let head = attempt.request?.head else { return }
                attempt.request?.head = head.asking(for: "/live/\(number)")
            }
        ),
        ("each without or with a credential", { if $1 % 2 == 0 { $0.credentials = [] } }),
    ]

    @Test("comparing grows with the attempts and not with their square", arguments: crowds.indices)
    func comparing(_ index: Int) {
        let (name, change) = Self.crowds[index]
        let count = Self.counts[index]
        let file = refusals(count, change)
        let judge = Judge(file)
        #expect(judge.comparedCount <= 2 * 8 * count, "\(name)")
        let memory = JudgeMemory()
        let judged = 100
        for position in (count - judged)..<count { _ = judge.judgement(at: position, memory) }
        #expect(memory.work.compared <= Self.comparedMost * judged, "\(name): \(memory.work)")
    }

    @Test("causes are asked once about attempts that look alike, unless they look at what differs")
    func asking() {
        for (name, change) in Self.crowds.prefix(3) {
            let file = refusals(1000, change)
            let judge = Judge(file)
            let memory = JudgeMemory()
            for position in file.attempts.indices { _ = judge.judgement(at: position, memory) }
            let asked = Double(memory.work.examined) / 1000
            #expect(950 <= memory.work.alike, "\(name): \(memory.work)")
            #expect(asked <= 8, "\(name): \(memory.work)")
        }
    }
}

extension MessageHead {
    /// The same head with another target.
    fileprivate func asking(for target: String) -> MessageHead {
        guard case .request(let method, let old, let version) = startLine else { return self }
        let new = Array(target.utf8)
        let shift = new.count - old.count
        let move = { (range: Range<Int>) in range.lowerBound + shift..<range.upperBound + shift }
        var bytes = bytes
        bytes.replaceSubrange(old, with: new)
        return MessageHead(
            bytes: bytes,
            startLine: .request(
                method: method, target: old.lowerBound..<old.lowerBound + new.count, version: move(version)),
            fieldLines: fieldLines.map { FieldLine(name: move($0.name), value: move($0.value)) },
            oddities: oddities)
    }
}
