import Case
import Testing
import WebSocket
import Wire

/// A head out of a start line and fields.
private func head(_ status: Int?, _ fields: [(String, String)]) -> MessageHead {
    var bytes = Array((status.map { "HTTP/1.1 \($0) X\r\n" } ?? "GET /a HTTP/1.1\r\n").utf8)
    let start: MessageHead.StartLine =
        status.map { .response(version: 0..<8, status: $0, reason: 13..<14) }
        ?? .request(method: 0..<3, target: 4..<6, version: 7..<15)
    var lines: [MessageHead.FieldLine] = []
    for (name, value) in fields {
        let from = bytes.count
        bytes += Array("\(name): \(value)\r\n".utf8)
        let middle = from + name.utf8.count
        lines.append(.init(name: from..<middle, value: middle + 2..<middle + 2 + value.utf8.count))
    }
    return MessageHead(bytes: bytes + [13, 10], startLine: start, fieldLines: lines, oddities: [])
}

private let key = "dGhlIHNhbXBsZSBub25jZQ=="

@Suite("The opening handshake (RFC 6455 §4)")
struct HandshakeTests {
    @Test("The example of RFC 6455 §1.3 is whole")
    func example() {
        let request = head(
            nil,
            [
                ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Key", key),
                ("Sec-WebSocket-Protocol", "chat, superchat"), ("Sec-WebSocket-Version", "13"),
            ])
        let response = head(
            101,
            [
                ("Upgrade", "WebSocket"), ("Connection", "upgrade"),
                ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), ("Sec-WebSocket-Protocol", "chat"),
            ])
        let check = checkHandshake(request: request, response: response)
        #expect(check.key == .valid && check.accept == .valid)
        #expect(check.requestUpgrade == true && check.requestConnection == true)
        #expect(check.responseUpgrade == true && check.responseConnection == true)
        #expect(check.versions == ["13"])
        #expect(check.offeredSubprotocols == ["chat", "superchat"] && check.illegalSubprotocols.isEmpty)
        #expect(check.selectedSubprotocol == "chat")
        #expect(check.extensionsAgree == true)
    }

    @Test(
        "A key is judged by its letters and its length",
        arguments: [
            (["dGhlIHNhbXBsZSBub25jZQ=="], HandshakeCheck.Key.valid), ([], .missing),
            (["dGhlIHNhbXBsZSBub25j"], .wrongLength(15)), ([""], .wrongLength(0)),
            (["dGhlIHNhbXBsZSBub25jZQ"], .notBase64), (["dGhl-HNhbXBsZSBub25jZQ=="], .notBase64),
            (["dGhlIHNhbXBs=SBub25jZQ=="], .notBase64), ([key, key], .repeated(2)),
        ])
    func keys(_ values: [String], _ expected: HandshakeCheck.Key) {
        let request = head(nil, values.map { ("Sec-WebSocket-Key", $0) })
        #expect(checkHandshake(request: request, response: nil).key == expected)
        #expect(checkHandshake(request: request, response: nil).accept == nil)
    }

    @Test("An accept value is compared only when there is something to compare")
    func accepts() {
        let request = head(nil, [("Sec-WebSocket-Key", key)])
        let none = head(nil, [])
        let wrong = head(101, [("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOoo")])
        #expect(checkHandshake(request: request, response: wrong).accept == .wrong)
        #expect(checkHandshake(request: none, response: wrong).accept == .notComputable)
        #expect(checkHandshake(request: nil, response: wrong).accept == .notComputable)
        #expect(checkHandshake(request: request, response: head(101, [])).accept == .missing)
        #expect(checkHandshake(request: request, response: head(403, [])).accept == nil)
        #expect(checkHandshake(request: nil, response: wrong).extensionsAgree == nil)
    }

    @Test("A subprotocol that is no token is pointed at")
    func illegalSubprotocols() {
        let request = head(nil, [("Sec-WebSocket-Protocol", "v1, a b, Bearer eyJ==")])
        #expect(checkHandshake(request: request, response: nil).illegalSubprotocols == [1, 2])
    }

    @Test(
        "What is selected must have been offered (RFC 7692 §7.1)",
        arguments: [
            ("permessage-deflate", "permessage-deflate", true),
            (
                "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=12",
                true
            ),
            (
                "permessage-deflate; client_max_window_bits=10",
                "permessage-deflate; client_max_window_bits=12", false
            ),
            ("permessage-deflate", "permessage-deflate; client_max_window_bits=12", false),
            ("permessage-deflate", "permessage-deflate; server_max_window_bits=12", true),
            ("permessage-deflate; server_max_window_bits=10", "permessage-deflate", false),
            (
                "permessage-deflate; server_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=\"10\"", true
            ),
            ("permessage-deflate", "permessage-deflate; server_no_context_takeover", true),
            ("permessage-deflate; server_no_context_takeover", "permessage-deflate", false),
            (
                "permessage-deflate; server_no_context_takeover, permessage-deflate", "permessage-deflate",
                true
            ),
            ("permessage-deflate", "permessage-deflate; server_max_window_bits=07", false),
            ("permessage-deflate", "permessage-deflate; odd", false),
            ("", "permessage-deflate", false), ("permessage-deflate", "", true),
            ("x-webkit-deflate-frame", "permessage-deflate", false),
        ])
    func extensions(_ offered: String, _ selected: String, _ expected: Bool) {
        let check = checkHandshake(
            request: head(nil, [("Sec-WebSocket-Extensions", offered)]),
            response: head(101, [("Sec-WebSocket-Extensions", selected)]))
        #expect(check.extensionsAgree == expected)
    }
}
