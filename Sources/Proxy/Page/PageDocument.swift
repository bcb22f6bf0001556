import Crypto
import Wire

/// The page itself, and the policy under which a browser runs it: its own script and style by their digests, and
/// requests to where it came from; nothing else.
struct PageDocument {
    let bytes: [UInt8]
    let policy: String

    /// The page that the program was built with.
    static let embedded = PageDocument(PackageResources.page_html)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        policy = [
            "default-src 'none'", "script-src \(PageDocument.source(of: "script", in: bytes))",
            "style-src \(PageDocument.source(of: "style", in: bytes))", "connect-src 'self'",
            "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    /// The digest of what stands between `<element>` and `</element>`, as a source of a policy (CSP 3 §2.3.1).
    private static func source(of element: String, in bytes: [UInt8]) -> String {
        let (open, close) = (Array("<\(element)>".utf8), Array("</\(element)>".utf8))
        guard let start = offset(of: open, in: bytes, from: 0),
            let end = offset(of: close, in: bytes, from: start + open.count)
        else { return "'none'" }
        let content = bytes.span.extracting(start + open.count..<end)
        let text = String(decoding: base64(digest(.sha256, content).span, url: false), as: UTF8.self)
        return "'sha256-\(text)'"
    }
}

/// The offset of the first `wanted` at or after `start`.
func offset(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = wanted.first else { return start }
    var index = start
    while index + wanted.count <= bytes.count {
        if bytes[index] == first, bytes[index..<index + wanted.count].elementsEqual(wanted) { return index }
        index += 1
    }
    return nil
}
