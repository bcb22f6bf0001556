import Wire

/// The 32 random bytes of a ClientHello, by which a key log names a session.
struct ClientRandom: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// From the 32 bytes at `offset`. The caller has checked the length.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        words = (
            bytes.integer(at: offset, width: 8) ?? 0, bytes.integer(at: offset + 8, width: 8) ?? 0,
            bytes.integer(at: offset + 16, width: 8) ?? 0, bytes.integer(at: offset + 24, width: 8) ?? 0
        )
    }

    /// The bytes again.
    var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
        }
    }

    /// 64 hexadecimal digits, lower case.
    var text: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func == (left: ClientRandom, right: ClientRandom) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1
            && left.words.2 == right.words.2 && left.words.3 == right.words.3
    }

    /// The standard hash is seeded per process: nobody can choose randoms that meet in one place.
    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

/// The secrets of a key log that opens records.
enum SecretKind: UInt8, CaseIterable {
    case master
    case clientEarlyTraffic
    case clientHandshakeTraffic
    case serverHandshakeTraffic
    case clientTraffic
    case serverTraffic

    /// The label in a key log.
    var label: StaticString {
        switch self {
        case .master: "CLIENT_RANDOM"
        case .clientEarlyTraffic: "CLIENT_EARLY_TRAFFIC_SECRET"
        case .clientHandshakeTraffic: "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
        case .serverHandshakeTraffic: "SERVER_HANDSHAKE_TRAFFIC_SECRET"
        case .clientTraffic: "CLIENT_TRAFFIC_SECRET_0"
        case .serverTraffic: "SERVER_TRAFFIC_SECRET_0"
        }
    }
}

/// The secrets of any number of key logs, by client random.
///
/// Storage: an open table of 4-byte indices into flat arrays, about 250 bytes for a TLS 1.3 session with its four
/// secrets. `secrets` holds, one after another: kind (1), length (1), index of the session's next secret (4), bytes.
/// Source: draft-ietf-tls-keylogfile.
package struct KeyLog: Sendable {
    private var table: [UInt32] = []
    private var sessions: [Session] = []
    private var secrets: [UInt8] = []
    /// Lines that are no comment, no secret and none of the labels that need not be kept.
    package private(set) var malformedLines = 0
    /// The first such line, 1-based in the text that held it.
    package private(set) var firstMalformedLine: Int?
    /// Secrets left out because `Limits.keyLogEntries` was reached.
    package private(set) var secretsLeftOut = 0

    private struct Session: Sendable {
        let random: ClientRandom
        /// Where its first secret stands in `secrets`, plus one; 0 without one.
        var first: UInt32
    }

    /// No secrets.
    package init() {}

    /// Sessions that have at least one secret.
    package var sessionCount: Int { sessions.count }

    /// The client random of the first session, hex.
    package var firstClientRandom: String? { sessions.first?.random.text }

    /// How many bytes of secrets are held: grows with every secret that is added.
    var secretBytes: Int { secrets.count }

    /// The secret of a session, or nil.
    func secret(_ kind: SecretKind, of random: ClientRandom) -> [UInt8]? {
        guard let session = index(of: random) else { return nil }
        var place = Int(sessions[session].first)
        while 0 < place {
            let start = place - 1
            if secrets[start] == kind.rawValue {
                let length = Int(secrets[start + 1])
                return Array(secrets[start + 6..<start + 6 + length])
            }
            place = Int(secrets.span.big32(start + 2))
        }
        return nil
    }

    /// Whether a session of this random has any secret.
    func contains(_ random: ClientRandom) -> Bool { index(of: random) != nil }

    /// Adds a secret; the first of its kind stays where a log repeats itself.
    mutating func insert(_ kind: SecretKind, of random: ClientRandom, _ secret: Span<UInt8>, limits: Limits) {
        if self.secret(kind, of: random) != nil { return }
        let known = index(of: random)
        let hasRoom = known != nil || sessions.count < limits.keyLogEntries
        guard hasRoom, secrets.count < Int(UInt32.max) - 1024 else {
            secretsLeftOut += 1
            return
        }
        let session = known ?? append(random)
        let start = secrets.count
        secrets.append(kind.rawValue)
        secrets.append(UInt8(truncatingIfNeeded: secret.count))
        for shift: UInt32 in [24, 16, 8, 0] {
            secrets.append(UInt8(truncatingIfNeeded: sessions[session].first >> shift))
        }
        secrets.append(secret)
        sessions[session].first = UInt32(start + 1)
    }

    /// Notes a line that cannot be read.
    mutating func noteMalformed(line: Int) {
        malformedLines += 1
        if firstMalformedLine == nil { firstMalformedLine = line }
    }

    // MARK: The table

    private func index(of random: ClientRandom) -> Int? {
        guard !table.isEmpty else { return nil }
        let entry = table[slot(of: random)]
        return entry == 0 ? nil : Int(entry) - 1
    }

    /// The slot that holds the random, or the empty one where it belongs.
    private func slot(of random: ClientRandom) -> Int {
        var slot = random.hashValue & (table.count - 1)
        while table[slot] != 0, sessions[Int(table[slot]) - 1].random != random {
            slot = (slot + 1) & (table.count - 1)
        }
        return slot
    }

    private mutating func append(_ random: ClientRandom) -> Int {
        sessions.append(Session(random: random, first: 0))
        if table.count < sessions.count * 2 {
            table = [UInt32](repeating: 0, count: max(64, table.count * 2))
            for index in sessions.indices { table[slot(of: sessions[index].random)] = UInt32(index + 1) }
        } else {
            table[slot(of: random)] = UInt32(sessions.count)
        }
        return sessions.count - 1
    }
}
