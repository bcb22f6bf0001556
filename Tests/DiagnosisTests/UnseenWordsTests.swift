import Case
import Diagnosis
import TestSupport
import Testing

/// A conversation of which a part was not seen, and the words that would claim to have seen it.
struct Unclaimed: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var words: String
    var transcript: String

    init(_ name: String, never words: String, _ transcript: String) {
        testDescription = name
        self.words = words
        self.transcript = transcript
    }
}

private let opened = "> GET /live HTTP/1.1\n< HTTP/1.1 101 Switching Protocols\n"
private let gateway = "=== upgrade host=gateway.example.net\n"

private let cases: [Unclaimed] = [
    Unclaimed(
        "a told close code may have had a reason", never: "without a reason",
        opened + "<< close 1008\n?? reported frames"),
    Unclaimed(
        "so may a private one", never: "without a reason", opened + "<< close 4000\n?? reported frames"),
    Unclaimed(
        "and one of which closes were lost", never: "without a reason", opened + "<< close 4000\n?? closes"),
    Unclaimed(
        "a close that nothing explains may have had one too", never: "gave no reason",
        opened + "<< close 3999\n?? reported frames"),
    Unclaimed(
        "fields that were left out may give the reason", never: "gave no reason",
        "> GET /live HTTP/1.1\n< HTTP/1.1 403 Forbidden\n?? responseFields"),
    Unclaimed(
        "frames that were lost may have broken the silence before going away", never: "had been sent",
        opened + "-- 61 s\n<< close 1001\n?? frames"),
    Unclaimed(
        "frames that were lost may hold what was due", never: "had sent no message",
        gateway + "> GET /live?room=1 HTTP/1.1\n< HTTP/1.1 101 Switching Protocols\n-- 10 s\n"
            + "<< close 4408 \"Connection initialisation timeout\"\n?? frames"),
    Unclaimed(
        "fields that were left out may offer a subprotocol", never: "offered no subprotocol",
        opened + "<< close 4406 \"Subprotocol not acceptable\"\n?? requestFields"),
    Unclaimed(
        "a head that was seen in part has no known length", never: "head has 586 bytes",
        "> GET /live HTTP/1.1\n> Authorization: Bearer {jwt exp=13:00:00}\n"
            + "< HTTP/1.1 431 Request Header Fields Too Large\n?? requestFields"),
    Unclaimed(
        "of two places neither is the only one", never: "parameter access_token only",
        "> GET /live?access_token={jwt exp=13:00:00 sub=a} HTTP/1.1\n"
            + "> Authorization: Bearer {jwt exp=13:00:00 sub=b}\n< HTTP/1.1 403 Forbidden"),
    Unclaimed(
        "fields that were left out may be another place", never: "parameter access_token only",
        "> GET /live?access_token={jwt exp=13:00:00} HTTP/1.1\n< HTTP/1.1 403 Forbidden\n?? requestFields"),
]

@Test("what was not seen is not told as absent", arguments: cases)
func unseenIsNotToldAsAbsent(_ item: Unclaimed) throws {
    let judgement = try #require(judge(Transcript.caseFile(item.transcript)).last)
    var said = judgement.candidates.flatMap { candidate in
        [candidate.summary] + (candidate.evidenceFor + candidate.evidenceAgainst).map(\.text)
    }
    said += (judgement.observations + judgement.comparisons).map(\.text)
    said += judgement.ruledOut.map(\.because.text)
    said += [try #require(judgement.verdict).summary]
    for sentence in said { #expect(!sentence.contains(item.words), "\(sentence)") }
}
