import TestSupport
import Testing
import Wire

@testable import TLS

/// The text of key logs.
struct KeyLogTests {
    private static let random = String(repeating: "0a", count: 32)
    private static let long = String(repeating: "b7", count: 48)
    private static let short = String(repeating: "c1", count: 32)

    /// A text, and what it holds.
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var text: String
        var sessions: Int
        var malformed: Int
        var isKeyLog: Bool

        init(_ description: String, _ text: String, sessions: Int, malformed: Int = 0, isKeyLog: Bool = true)
        {
            self.description = description
            self.text = text
            self.sessions = sessions
            self.malformed = malformed
            self.isKeyLog = isKeyLog
        }
    }

    static let cases: [Case] = [
        Case("a master secret", "CLIENT_RANDOM \(random) \(long)\n", sessions: 1),
        Case("no line end", "CLIENT_RANDOM \(random) \(long)", sessions: 1),
        Case("CRLF", "# made by a browser\r\nCLIENT_RANDOM \(random) \(long)\r\n", sessions: 1),
        Case("upper case", "CLIENT_RANDOM \(random.uppercased()) \(long.uppercased())\n", sessions: 1),
        Case("blanks", "CLIENT_RANDOM  \(random)\t\(long)  \n", sessions: 1),
        Case("TLS 1.3", "SERVER_TRAFFIC_SECRET_0 \(random) \(short)\n", sessions: 1),
        Case(
            "labels of no use", "EXPORTER_SECRET \(random) \(short)\nRSA Session-ID:01 Master-Key:02\n",
            sessions: 0),
        Case("a later generation", "CLIENT_TRAFFIC_SECRET_1 \(random) \(short)\n", sessions: 0),
        Case("a short random", "CLIENT_RANDOM 0a0b \(long)\n", sessions: 0, malformed: 1),
        Case("a long random", "CLIENT_RANDOM \(random)00 \(long)\n", sessions: 0, malformed: 1),
        Case("an odd digit", "CLIENT_RANDOM \(random) \(long.dropLast())\n", sessions: 0, malformed: 1),
        Case("a short master secret", "CLIENT_RANDOM \(random) \(short)\n", sessions: 0, malformed: 1),
        Case("no digits", "CLIENT_RANDOM \(random) zz\(long.dropFirst(2))\n", sessions: 0, malformed: 1),
        Case("a fourth field", "CLIENT_RANDOM \(random) \(long) 00\n", sessions: 0, malformed: 1),
        Case("prose", "hello\n", sessions: 0, malformed: 1, isKeyLog: false),
        Case("nothing", "", sessions: 0, isKeyLog: false),
    ]

    @Test(arguments: cases)
    func `a text is read as it stands`(_ one: Case) {
        var keys = KeyLog()
        let text = Array(one.text.utf8)
        keys.add(text.span, limits: .standard)
        #expect(keys.sessionCount == one.sessions)
        #expect(keys.malformedLines == one.malformed)
        let isKeyLog = KeyLog.isKeyLog(text.span)
        #expect(isKeyLog == one.isKeyLog)
        #expect(keys.firstClientRandom == (one.sessions == 0 ? nil : Self.random))
    }

    @Test func `every secret of many sessions is found again, and the bound holds`() {
        var keys = KeyLog()
        var random = SeededRandom(seed: 1)
        var limits = Limits.standard
        limits.keyLogEntries = 3000
        var expected: [(ClientRandom, [[UInt8]])] = []
        for _ in 0..<3200 {
            let name = ClientRandom(random.bytes(32).span, at: 0)
            let secrets = SecretKind.allCases.map { _ in random.bytes(random.chance(percent: 50) ? 32 : 48) }
            for (kind, secret) in zip(SecretKind.allCases, secrets) {
                keys.insert(kind, of: name, secret.span, limits: limits)
                // A log that repeats itself changes nothing.
                keys.insert(kind, of: name, random.bytes(32).span, limits: limits)
            }
            expected.append((name, secrets))
        }
        #expect(keys.sessionCount == 3000)
        #expect(keys.secretsLeftOut == 200 * 12)
        for (name, secrets) in expected.prefix(3000) {
            for (kind, secret) in zip(SecretKind.allCases, secrets) {
                #expect(keys.secret(kind, of: name) == secret)
            }
        }
        #expect(keys.secret(.master, of: expected[3100].0) == nil)
        // Six secrets of 40 bytes on average, with six bytes each beside them.
        #expect(keys.secretBytes < 3000 * 6 * 48)
    }

    @Test func `damaged key logs never trap`() {
        let text = Self.cases.map(\.text).joined()
        for copy in damaged(Array(text.utf8), copies: 1000, seed: 2) {
            var keys = KeyLog()
            keys.add(copy.span, limits: .standard)
            _ = KeyLog.isKeyLog(copy.span)
        }
    }

    @Test func `suites have their names, known or not`() {
        #expect(cipherSuiteName(0x1301) == "TLS_AES_128_GCM_SHA256")
        #expect(cipherSuiteName(0x0005) == "TLS_RSA_WITH_RC4_128_SHA")
        #expect(cipherSuiteName(0x0a0b) == "0x0a0b")
        #expect(Set(cipherSuites.map(\.number)).count == cipherSuites.count)
    }

    @Test(
        arguments: [
            ([22, 3, 1, 2, 0, 1], true), ([22, 3, 3], nil), ([], nil), ([0x47, 0x45, 0x54], false),
            ([22, 2], false),
            ([23, 3, 3, 0, 40], true), ([22, 3, 3, 0x60, 0], false), ([22, 3, 9, 0, 40], false),
        ] as [([UInt8], Bool?)])
    func `the first bytes tell TLS`(_ bytes: [UInt8], _ expected: Bool?) {
        let isTLS = TLSConnection.looksLikeTLS(bytes.span)
        #expect(isTLS == expected)
    }
}
