import Case
import JSON
import Wire

/// What programs print when a WebSocket fails: each row a pattern, what is certain after it, and what the program hid.
struct Atlas {
    /// What a row makes certain.
    enum Meaning: String, CaseIterable {
        /// The server answered with another final status than 101.
        case refused
        /// The handshake failed; whether there was an answer is not told.
        case failed
        /// The connection ended before any HTTP answer.
        case noAnswer
        /// A 101 came, and the client refused it.
        case badSwitch
        /// The server closed the open socket with a code.
        case closed
        /// The client closed it with a code.
        case closedByClient
        /// It ended without a close frame.
        case abnormal
        /// Nothing left the client.
        case neverSent
        /// The program itself gave up.
        case localClose
        /// Only names the socket that the rest of the line is about.
        case context
    }

    /// A part of a pattern.
    enum Part: Equatable {
        case literal([UInt8])
        case hole(Hole)
    }

    /// A named hole.
    enum Hole: String {
        case url, status, code, reason, text, phrase, fields, body, subprotocol, closebytes
    }

    /// One row.
    struct Row {
        var id: String
        /// The source for `wsdiag howto`: `node`, `chrome`, `python` ….
        var client: String
        var parts: [Part]
        var means: Meaning
        /// The status, where the words stand for one.
        var status: Int?
        /// What is certain, one sentence.
        var certain: String
        var unseen: Attempt.Unseen
        /// Whether other programs print the same, so that it counts only in a text that speaks of a WebSocket.
        var needsSocket: Bool
    }

    /// In the order of the file: of two rows that fit at one place the first is taken.
    private(set) var rows: [Row] = []
    /// Rows by the hash of the first four bytes of their first literal.
    private var buckets: [[Int]] = Array(repeating: [], count: 1024)

    /// Reads the file. A row that is no row is left out; a test reads it strictly.
    init(_ bytes: [UInt8]) {
        guard let file = try? JSONValue(reading: bytes.span) else { return }
        for value in file["rows"]?.array ?? [] {
            guard let row = Row(value), case .literal(let anchor)? = row.parts.first(where: \.isLiteral),
                4 <= anchor.count
            else { continue }
            buckets[Self.hash(anchor, 0)].append(rows.count)
            rows.append(row)
        }
    }

    /// What the program knows by itself.
    static let embedded = Atlas(embeddedBytes)

    /// The file itself.
    static let embeddedBytes = PackageResources.atlas_json

    /// The rows whose first literal may stand at `offset`.
    func candidates(_ bytes: [UInt8], _ offset: Int) -> [Int] { buckets[Self.hash(bytes, offset)] }

    private static func hash(_ bytes: [UInt8], _ offset: Int) -> Int {
        let value =
            UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
        return Int((value &* 0x9e37_79b1) >> 22)
    }
}

extension Atlas.Part {
    /// Whether this is a literal.
    var isLiteral: Bool { if case .literal = self { true } else { false } }
}

extension Atlas.Row {
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, let client = value["client"]?.string,
            let pattern = value["pattern"]?.string, let parts = patternParts(pattern),
            let means = value["means"]?.string.flatMap(Atlas.Meaning.init),
            let certain = value["certain"]?.string
        else { return nil }
        self.id = id
        self.client = client
        self.parts = parts
        self.means = means
        self.certain = certain
        status = value["status"]?.number.map { Int($0) }
        needsSocket = value["needs"]?.string == "socket"
        unseen = []
        for name in value["unseen"]?.array ?? [] {
            guard let name = name.string, let part = Attempt.Unseen(name: name) else { return nil }
            unseen.insert(part)
        }
    }
}

extension Attempt.Unseen {
    /// By the name of the option.
    init?(name: String) {
        switch name {
        case "requestFields": self = .requestFields
        case "status": self = .status
        case "responseFields": self = .responseFields
        case "responseBody": self = .responseBody
        case "frames": self = .frames
        case "closes": self = .closes
        case "transport": self = .transport
        case "query": self = .query
        default: return nil
        }
    }
}

/// The literals and holes of `text {hole} text`. Two holes never touch: something must tell where the first ends.
private func patternParts(_ pattern: String) -> [Atlas.Part]? {
    var parts: [Atlas.Part] = []
    var literal: [UInt8] = []
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{") {
        guard let close = rest[open...].firstIndex(of: "}") else { return nil }
        literal += Array(rest[..<open].utf8)
        guard let hole = Atlas.Hole(rawValue: String(rest[rest.index(after: open)..<close])) else {
            return nil
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        if case .hole? = parts.last { return nil }
        parts.append(.hole(hole))
        literal = []
        rest = rest[rest.index(after: close)...]
    }
    literal += Array(rest.utf8)
    if !literal.isEmpty { parts.append(.literal(literal)) }
    return parts.isEmpty ? nil : parts
}
