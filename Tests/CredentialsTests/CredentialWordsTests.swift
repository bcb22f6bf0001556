import Testing
import Wire

@testable import Credentials

/// The look at every other byte, four pairs at a time, finds what a look at each finds.
@Suite("Words that credentials go with") struct CredentialWordsTests {
    private func mayHold(_ text: [UInt8]) -> Bool { mayHoldCredential(text.span) }

    static let words = [
        "oke", "aut", "pas", "jwt", "cre", "ick", "eyj", "bea", "sig", "pwd", "ses", "mqt", "mqi", "key",
    ]

    @Test("A word is found wherever it stands, in either case", arguments: words) func places(_ word: String)
    {
        for length in 3..<40 {
            for place in 0...length - 3 {
                for spelling in [word, word.uppercased()] {
                    var text = [UInt8](repeating: 0x2e, count: length)
                    text.replaceSubrange(place..<place + 3, with: Array(spelling.utf8))
                    #expect(mayHold(text))
                }
            }
        }
    }

    @Test(
        "Text without a word is passed over",
        arguments: [
            "", "a", "ok", "alpha bravo charlie delta echo foxtrot", "whiskey sour", "o.ke au-t p as",
        ])
    func nothing(_ text: String) { #expect(!mayHold(Array(text.utf8))) }
}
