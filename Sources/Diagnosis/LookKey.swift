import Case
import Wire

/// Names of fields whose values attempts must share to be look-alikes. Of the other fields only the names count: a
/// key, a date or the number of a request differs each time and is no part of the story.
struct FieldNames: Sendable {
    /// What the causes ask for. A cause that asks for another one is asked anew about each attempt.
    private static let ofCauses = [
        "origin", "host", "upgrade", "connection", "via", "x-forwarded-host", "x-forwarded-proto", "server",
        "location", "retry-after", "content-type", "x-cache", "sec-websocket-version",
        "sec-websocket-protocol",
        "www-authenticate",
    ]

    /// Names by length and first letter, lower case.
    private var slots = [[[UInt8]]](repeating: [], count: 64)

    /// The names that the causes, the vocabulary and these profiles look at.
    init(asked profiles: Profiles) {
        let patterned =
            profiles.fingerprints.flatMap(\.fields) + profiles.profiles.flatMap(\.match.responseFields)
        let names =
            Set(Self.ofCauses).union(Vocabulary.embedded.tellingFields)
            .union(patterned.filter { $0.value != nil && $0.value != "*" }.map(\.name))
        for name in names.sorted() {
            let bytes = Array(name.utf8)
            slots[Self.slot(bytes.count, bytes.first ?? 0)].append(bytes)
        }
    }

    private static func slot(_ count: Int, _ first: UInt8) -> Int { (count &* 7 &+ Int(first | 0x20)) & 63 }

    /// Whether the name of a field line is one of them, compared without regard to case.
    func contains(_ name: Span<UInt8>) -> Bool {
        guard 0 < name.count else { return false }
        for known in slots[Self.slot(name.count, name[0])] where known.count == name.count {
            var index = 0
            while index < name.count, known[index] == lowered(name[index]) { index += 1 }
            if index == name.count { return true }
        }
        return false
    }

    private func lowered(_ byte: UInt8) -> UInt8 { 0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte }

    /// The head without the values of other fields.
    func reduced(_ head: MessageHead) -> MessageHead {
        var head = head
        for index in head.fieldLines.indices
        where !contains(head.bytes.span.extracting(head.fieldLines[index].name)) {
            head.fieldLines[index].value =
                head.fieldLines[index].value.lowerBound..<head.fieldLines[index].value.lowerBound
        }
        return head
    }
}

extension MessageHead {
    /// The target of a request as it was spelled.
    var targetBytes: ArraySlice<UInt8>? {
        if case .request(_, let target, _) = startLine { bytes[target] } else { nil }
    }
}

extension Attempt {
    /// The longest answer that is compared byte by byte.
    private static let comparedBodyBytes = 4096

    /// Everything that attempts of one family share, as bytes; nil for one that belongs to none.
    ///
    /// Law: what is in here determines a `Family`, and what `Facts` shows without a note in `Reads`.
    func familyKey(
        _ symptoms: Symptoms, _ comparisons: [Comparison], follows: Int, seesHost: Bool, _ ground: Ground,
        _ file: CaseView
    ) -> [UInt8]? {
        guard symptoms == .refused, basis == .observed, session == nil, answeredBy == nil,
            connection.protocolMismatch == nil, let response,
            response.body.bytes.count <= Self.comparedBodyBytes,
            request.map({ $0.body.bytes.count <= Self.comparedBodyBytes }) ?? true
        else { return nil }
        var key = KeyBytes(capacity: 1024)
        // What differs most often stands first.
        key.add(comparisons.count)
        for comparison in comparisons {
            key.add(
                Int(comparison.differences.rawValue) << 3 | (comparison.isSameOutcome ? 4 : 0)
                    | (comparison.wasAccepted ? 2 : 0) | (comparison.wasOpened ? 1 : 0))
        }
        key.add(Int(unseen.rawValue))
        key.add(isSecure.map { $0 ? 1 : 0 } ?? 2)
        key.add(input)
        key.add(authority)
        key.add(interimStatuses.count)
        for status in interimStatuses { key.add(status) }
        key.add(credentials.count)
        for credential in credentials {
            key.add(credential.placement.rawValue)
            key.add(credential.name)
            key.add(credential.scheme ?? "\0")
            key.add(credential.defects.count)
            for defect in credential.defects { key.add(defect.rawValue) }
            guard let token = file.token(credential.token) else { continue }
            key.add(token.kind.rawValue)
            key.add(token.defects.count)
            for defect in token.defects { key.add(defect.rawValue) }
            key.add(token.verification.rawValue)
            key.add(file.hasLineage(credential.token) ? 1 : 0)
        }
        let profiles = ground.options.profiles.matchingPath(self, file.memory)
        key.add(profiles.count)
        for profile in profiles { key.add(profile) }
        key.add(request == nil ? 0 : 1)
        if let request { key.add(request, ground.fields) }
        key.add(response, ground.fields)
        key.add(follows)
        key.add(seesHost ? 1 : 0)
        let tls = connection.tls
        key.add(tls == nil ? 0 : 1)
        key.add(tls?.serverName ?? "\0")
        key.add(tls?.selectedProtocol ?? "\0")
        return key.bytes
    }

    /// What attempts of one look share beside their family, as bytes.
    func lookKey(_ family: Family, _ carried: Carried) -> [UInt8] {
        var key = KeyBytes(capacity: 64)
        key.add(family.number)
        key.add(carried.number)
        if let target = request?.head.targetBytes { key.add(target) }
        return key.bytes
    }

    /// What the tokens of attempts of one family share that can be read in them, as bytes.
    func carriedKey(_ family: Family, _ file: CaseView) -> [UInt8] {
        var key = KeyBytes(capacity: 512)
        key.add(family.number)
        for credential in credentials { key.add((file.token(credential.token)?.likeness ?? [])[...]) }
        return key.bytes
    }

    /// The attempt with nothing in it but what its key holds, and roles for places.
    func reduced(_ fields: FieldNames) -> Attempt {
        var copy = self
        copy.id = 0
        copy.connection = Connection(stream: -1)
        copy.startedAt = nil
        copy.seenAlso = []
        if let request { copy.request = request.reduced(fields, at: Roles.request) }
        if let response { copy.response = response.reduced(fields, at: Roles.response) }
        for index in copy.credentials.indices { copy.credentials[index].place = Roles.credential(index) }
        return copy
    }
}

extension Message {
    fileprivate func reduced(_ fields: FieldNames, at role: Place) -> Message {
        Message(head: fields.reduced(head), body: body, at: nil, firstByteAt: nil, place: role)
    }
}

/// Values one after the other, each so that its end is known.
private struct KeyBytes {
    var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func add(_ number: Int) {
        var rest = UInt(bitPattern: number)
        while 0x80 <= rest {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ part: ArraySlice<UInt8>) {
        add(part.count)
        bytes.append(contentsOf: part)
    }

    mutating func add(_ message: Message, _ fields: FieldNames) {
        let head = message.head
        switch head.startLine {
        case .request(let method, _, let version):
            add(0)
            add(head.bytes[method])
            add(head.bytes[version])
        case .response(let version, let status, let reason):
            add(1)
            // What stands between the parts is quoted with them.
            add(head.bytes[head.startLineRange])
            add(head.bytes[version])
            add(status)
            add(head.bytes[reason])
        }
        add(Int(head.oddities.rawValue))
        add(head.fieldLines.count)
        for line in head.fieldLines {
            add(head.bytes[line.name])
            if fields.contains(head.bytes.span.extracting(line.name)) { add(head.bytes[line.value]) }
        }
        add(message.body.completeness.rawValue)
        add(message.body.wireLength)
        add(message.body.length)
        add(message.body.bytes[...])
    }
}
