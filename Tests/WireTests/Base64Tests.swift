import Testing
import Wire

@Suite("Base64") struct Base64Tests {
    /// RFC 4648 §10, in both spellings.
    static let vectors = [
        ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
        ("foob", "Zm9vYg==", "Zm9vYg"),
        ("fooba", "Zm9vYmE=", "Zm9vYmE"), ("foobar", "Zm9vYmFy", "Zm9vYmFy"),
        ("\u{3ff}\u{3ff}", "z7/Pvw==", "z7_Pvw"),
    ]

    @Test("encoding and decoding are inverses", arguments: vectors)
    func vector(_ plain: String, _ standard: String, _ url: String) {
        let bytes = Array(plain.utf8)
        #expect(String(decoding: base64(bytes.span, url: false), as: UTF8.self) == standard)
        #expect(String(decoding: base64(bytes.span, url: true), as: UTF8.self) == url)
        let fromStandard = Base64Decoding(Array(standard.utf8).span)
        #expect(fromStandard.bytes == bytes)
        #expect(fromStandard.isStrictStandard)
        let fromURL = Base64Decoding(Array(url.utf8).span)
        #expect(fromURL.bytes == bytes)
        #expect(fromURL.isStrictURL)
    }

    static let departures: [(String, Base64Decoding.Deviations, String)] = [
        ("Zg==", Base64Decoding.Deviations.padded, "f"), ("Zh", .trailingBits, "f"),
        ("Z", .impossibleLength, ""),
        ("Zm9vY", .impossibleLength, "foo"), ("Zm9v!Zm9v", .illegalByte, "foo"),
        ("Zg=", [.padded, .badPadding], "f"),
        ("Zg==Zg==", [.padded, .badPadding], "f"), ("Zm9v====", [.padded, .badPadding], "foo"),
        ("++__", [.standardAlphabet, .urlAlphabet], "\u{fb}\u{ef}\u{bf}\u{ff}"),
    ]

    @Test("departures are named", arguments: departures)
    func departure(_ text: String, _ deviations: Base64Decoding.Deviations, _ plain: String) {
        let decoding = Base64Decoding(Array(text.utf8).span)
        #expect(decoding.deviations == deviations)
        if plain.allSatisfy(\.isASCII) { #expect(decoding.bytes == Array(plain.utf8)) }
    }

    @Test("Every length comes back, and a foreign byte is found wherever it stands")
    func lengths() {
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ 250) }
            for url in [false, true] {
                var text = base64(bytes.span, url: url)
                #expect(Base64Decoding(text.span).bytes == bytes)
                for place in text.indices where text[place] != 0x3d {
                    let letter = text[place]
                    text[place] = 0x21
                    let decoding = Base64Decoding(text.span)
                    #expect(decoding.illegalOffset == place)
                    #expect(decoding.bytes.starts(with: bytes.prefix(place / 4 * 3)))
                    text[place] = letter
                }
            }
        }
    }
}
