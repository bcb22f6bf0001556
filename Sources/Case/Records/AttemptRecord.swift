import Wire

/// What an attempt is as a record: every part of it, in one order. A part that is missing here is lost in large
/// captures; `RecordTests` counts the parts of each type.
extension Attempt {
    /// An attempt without parts, to be filled in.
    static let blank = Attempt(
        id: 0, input: 0, connection: Connection(stream: -1), startedAt: nil, basis: .observed,
        isSecure: nil, authority: "", request: nil, response: nil, handshake: HandshakeCheck(),
        credentials: [], session: nil, outcome: .incomplete)

    /// Writes the parts down, or fills them in. What is boxed is set only in the latter case: that makes a new box.
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&id)
        coder.code(&input)
        coder.code(&startedAt)
        coder.code(choice: &basis)
        coder.code(&isSecure)
        coder.code(&authority)
        coder.code(&interimStatuses)
        coder.code(choice: &outcome)
        var bits = Int(unseen.rawValue)
        coder.code(&bits)
        unseen = Unseen(rawValue: UInt16(truncatingIfNeeded: bits))
        coder.code(&seenAlso, .blank) { $1.pass(through: &$0) }
        coder.code(&answeredBy, .blank) { $1.pass(through: &$0) }
        coder.code(&credentials, .blank) { $1.pass(through: &$0) }
        var connection = self.connection
        connection.pass(through: &coder)
        var request = self.request
        coder.code(&request, .blank) { $1.pass(through: &$0) }
        var response = self.response
        coder.code(&response, .blank) { $1.pass(through: &$0) }
        var handshake = self.handshake
        handshake.pass(through: &coder)
        var session = self.session
        coder.code(&session, Session()) { $1.pass(through: &$0) }
        guard Coder.isReading else { return }
        // A box is not made again for nothing: most attempts have no session.
        self.connection = connection
        if request != nil { self.request = request }
        if response != nil { self.response = response }
        self.handshake = handshake
        if session != nil { self.session = session }
    }
}

extension Place {
    static var blank: Place { .frame(0, stream: 0, input: 0) }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        var kind = 0
        var first = 0
        var second = 0
        var text = ""
        switch position {
        case .frame(let number, let stream): (first, second) = (number, stream)
        case .line(let line, let column): (kind, first, second) = (1, line, column)
        case .pointer(let pointer): (kind, text) = (2, pointer)
        }
        // The kind and the input are one number, because there are many places and few inputs.
        var both = input << 2 | kind
        coder.code(&both)
        (input, kind) = (both >> 2, both & 3)
        if kind == 2 {
            coder.code(&text)
        } else {
            coder.code(&first)
            coder.code(&second)
        }
        guard Coder.isReading else { return }
        switch kind {
        case 0: position = .frame(first, stream: second)
        case 1: position = .line(first, column: second)
        default: position = .pointer(text)
        }
    }
}

extension AnsweredBy {
    fileprivate static var blank: AnsweredBy { AnsweredBy(.gateway, words: "", place: .blank) }

    fileprivate mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(choice: &part)
        coder.code(&words)
        place.pass(through: &coder)
    }
}

extension Credential {
    static var blank: Credential { Credential(token: 0, placement: .header, name: "", place: .blank) }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&token)
        coder.code(choice: &placement)
        coder.code(&name)
        coder.code(&scheme)
        coder.code(&defects, .truncated) { $0.code(choice: &$1) }
        place.pass(through: &coder)
    }
}

extension Message {
    static var blank: Message {
        let head = MessageHead(
            bytes: [], startLine: .response(version: 0..<0, status: 0, reason: 0..<0), fieldLines: [],
            oddities: [])
        return Message(head: head, body: .none, at: nil, firstByteAt: nil, place: .blank)
    }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        head.pass(through: &coder)
        coder.code(&body.bytes)
        coder.code(&body.wireLength)
        coder.code(&body.length)
        coder.code(choice: &body.completeness)
        coder.code(&at)
        coder.code(&firstByteAt)
        place.pass(through: &coder)
    }
}

extension MessageHead {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&bytes)
        var isRequest = false
        var status = 0
        var ranges = (0..<0, 0..<0, 0..<0)
        switch startLine {
        case .request(let method, let target, let version):
            (isRequest, ranges) = (true, (method, target, version))
        case .response(let version, let number, let reason):
            (status, ranges) = (number, (version, reason, 0..<0))
        }
        coder.code(&isRequest)
        coder.code(&status)
        coder.code(&ranges.0)
        coder.code(&ranges.1)
        coder.code(&ranges.2)
        coder.code(&fieldLines, FieldLine(name: 0..<0, value: 0..<0)) {
            $0.code(&$1.name)
            $0.code(&$1.value)
        }
        var bits = Int(oddities.rawValue)
        coder.code(&bits)
        guard Coder.isReading else { return }
        oddities = Oddities(rawValue: UInt16(truncatingIfNeeded: bits))
        startLine =
            isRequest
            ? .request(method: ranges.0, target: ranges.1, version: ranges.2)
            : .response(version: ranges.0, status: status, reason: ranges.1)
        dropRangesOutside()
    }

    /// A record from a damaged disk must not make a range that traps when it is used.
    private mutating func dropRangesOutside() {
        let whole = 0..<bytes.count
        let isWhole = fieldLines.allSatisfy {
            whole.contains(range: $0.name) && whole.contains(range: $0.value)
        }
        if !isWhole { fieldLines = [] }
        switch startLine {
        case .request(let method, let target, let version):
            if ![method, target, version].allSatisfy(whole.contains(range:)) {
                startLine = .request(method: 0..<0, target: 0..<0, version: 0..<0)
            }
        case .response(let version, let status, let reason):
            if ![version, reason].allSatisfy(whole.contains(range:)) {
                startLine = .response(version: 0..<0, status: status, reason: 0..<0)
            }
        }
    }
}

extension Range<Int> {
    fileprivate func contains(range: Range<Int>) -> Bool {
        lowerBound <= range.lowerBound && range.upperBound <= upperBound
    }
}

extension HandshakeCheck {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&key, .missing) { $1.pass(through: &$0) }
        coder.code(&requestUpgrade)
        coder.code(&requestConnection)
        coder.code(&versions)
        coder.code(&offeredSubprotocols)
        coder.code(&illegalSubprotocols)
        coder.code(&selectedSubprotocols)
        coder.code(&offeredExtensions)
        coder.code(&selectedExtensions)
        coder.code(&accept, .missing) { $0.code(choice: &$1) }
        coder.code(&responseUpgrade)
        coder.code(&responseConnection)
        coder.code(&extensionsAgree)
    }
}

extension HandshakeCheck.Key {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        var kind = 0
        var number = 0
        switch self {
        case .missing: break
        case .valid: kind = 1
        case .notBase64: kind = 2
        case .wrongLength(let length): (kind, number) = (3, length)
        case .repeated(let count): (kind, number) = (4, count)
        }
        coder.code(&kind)
        coder.code(&number)
        guard Coder.isReading else { return }
        switch kind {
        case 1: self = .valid
        case 2: self = .notBase64
        case 3: self = .wrongLength(number)
        case 4: self = .repeated(number)
        default: self = .missing
        }
    }
}
