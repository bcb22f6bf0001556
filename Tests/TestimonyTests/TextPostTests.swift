import Case
import Diagnosis
import Report
import TestSupport
import Testing
import Wire

@testable import Testimony

/// A post of a forum, and all that may be said of it.
struct Post: Sendable, CustomStringConvertible {
    /// The project's own, re-worded.
    let fixture: String
    /// The thread that it was modelled on, no part of the project.
    let thread: String
    /// Attempts, by `outline`.
    let attempts: [String]
    /// `kind name name` of what is told beside them.
    let facts: [String]
    /// Kinds of the limits.
    let limits: [Limit.Kind]
    /// Causes that may stand above `possible`.
    var surer: [String] = []

    var description: String { fixture }
}

let posts = [
    Post(
        fixture: "upgrade-403-and-101.md", thread: "000_e0e7f883eb8d6af7.txt",
        attempts: ["refused 403"],
        facts: ["sends-credential header Authorization"], limits: [.hearsay, .accountsDiffer]),
    Post(
        fixture: "valid-token-403.md", thread: "001_23be5f968d943a41.txt",
        attempts: ["refused 403"],
        facts: ["sends-credential header Authorization", "sets-field Content-Type", "works-elsewhere"],
        limits: [.hearsay]),
    Post(
        fixture: "close-4003.md", thread: "002_bca755ca1cd48bfe.txt",
        attempts: ["opened close 4003 'Invalid authentication token'", "refused 401"],
        facts: ["sends-credential subprotocol", "sends-credential query token", "works-elsewhere"],
        limits: [], surer: ["private-close-code"]),
    Post(
        fixture: "widget-401.md", thread: "003_976deef1950cd145.txt", attempts: ["refused 401"],
        facts: ["works-elsewhere"], limits: [.hearsay]),
    Post(
        fixture: "reconnect-403.md", thread: "004_b9ec3436da57a85f.txt",
        attempts: ["opened close 1001", "refused 403"],
        facts: ["reconnects", "used-never-assigned newToken"], limits: [.hearsay]),
]

private func check(_ post: Post, _ bytes: [UInt8]) throws {
    let file = try readDocument([bytes])
    #expect(
        outline(file).map { $0.split(separator: " wss:").first.map(String.init) ?? $0 } == post.attempts)
    #expect(file.attempts.allSatisfy { $0.basis == .reported })
    let facts = file.reported.map { ([$0.kind.rawValue] + $0.names).joined(separator: " ") }
    // A token that was got was accepted nowhere yet.
    #expect(!facts.contains { $0.hasPrefix("works-elsewhere") && $0.contains("oauth/token") })
    for fact in post.facts { #expect(facts.contains { $0.hasPrefix(fact) }, "\(fact) in \(facts)") }
    #expect(Set(file.limits.map(\.kind)) == Set(post.limits))
    let judgements = judge(file)
    for judgement in judgements {
        #expect(judgement.verdict?.cause == nil)
        for candidate in judgement.candidates where .possible < candidate.certainty {
            #expect(post.surer.contains(candidate.cause), "\(candidate.cause) is too sure")
        }
    }
    let report = Report(version: "0", file: file, judgements: judgements)
    #expect(report.exitCode == .undetermined)
    let text = textReport(report)
    #expect(text.contains("wsdiag howto"))
    for claim in [
        "had expired", "is expired", "scope mismatch", "grant type", "missing the scope", "access_token=",
    ] {
        let isQuoted = text.contains("Unverified claim")
        #expect(!text.contains(claim) || isQuoted && claim == "access_token=", "\(claim) is not justified")
    }
}

@Test(arguments: posts) func aPostIsJudgedNoSurerThanItsWords(_ post: Post) throws {
    let path = TestFile.packageRoot + "/Tests/TestimonyTests/fixtures/" + post.fixture
    try check(post, #require(TestFile.read(path)))
}

@Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"), arguments: posts)
func aThreadIsJudgedNoSurerThanItsWords(_ post: Post) throws {
    guard let root = Corpus.root, let bytes = TestFile.read(root + "/../seeds/" + post.thread) else { return }
    try check(post, bytes)
}

/// Programs' output, by its file in the corpus.
private let lenses: [(file: String, attempts: [String])] = [
    ("curl/curl-v-403.txt", ["refused 403 wss://127.0.0.1:18443/v2/guest"]),
    ("curl/curl-v-401.txt", ["refused 401 wss://127.0.0.1:18443/v2/guest?access_token=<token 1>"]),
    ("curl/curl-v-4003.txt", ["opened wss://127.0.0.1:18443/v2/guest"]),
    ("curl/curl-trace-hex-403.txt", ["refused 403 wss://127.0.0.1:18443/v2/guest"]),
    ("curl/curl-trace-ascii-401.txt", ["refused 401 wss://127.0.0.1:18443/v2/guest?token=<token 1>"]),
    ("curl/curl-i-close4003.bin", ["opened close 4003 'Invalid authentication token'"]),
    (
        "console/lab-chromium156-console.txt",
        [
            "refused 403 wss://localhost:18443/v2/guest",
            "refused 401 wss://localhost:18443/v2/guest?token=<token 1>",
            "refused 401 wss://localhost:18443/v2/guest?access_token=<token 1>",
        ]
    ),
    ("clientlogs/lab-wscat6.txt", ["refused 403 wss://127.0.0.1:18443/v2/guest"]),
    (
        "clientlogs/java.log",
        ["refused 403", "refused 401", "opened close 4003 'Invalid authentication token'"]
    ),
    ("clientlogs/node-ws.log", ["refused 403", "refused 401", "opened close 1000 'done'"]),
    ("clientlogs/python.log", ["refused 403 wss://127.0.0.1:18443/v2/guest"]),
    ("clientlogs/lab-python-clis.txt", ["refused 403"]),
]

@Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"), arguments: lenses.map(\.file))
func programsTellWhatTheCaptureShows(_ file: String) throws {
    let bytes = try #require(Corpus.bytes("inputs/" + file))
    let expected = try #require(lenses.first { $0.file == file }).attempts
    let told = outline(try readDocument([bytes]))
    #expect(told.count >= expected.count)
    for (attempt, wanted) in zip(told, expected) { #expect(attempt.hasPrefix(wanted), "\(told)") }
}
