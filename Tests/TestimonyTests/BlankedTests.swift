import Case
import Testimony
import Testing

@Suite("Values that whoever pasted a text took out")
struct BlankedTests {
    private func pasted(_ value: String) throws -> Attempt {
        let text = """
            > GET /live HTTP/1.1
            > Host: api.example.org
            > Upgrade: websocket
            > Connection: Upgrade
            > Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            > Sec-WebSocket-Version: 13
            > Authorization: Bearer \(value)
            >
            < HTTP/1.1 401 Unauthorized
            <
            """
        return try #require(readDocument([Array(text.utf8)]).attempts.first)
    }

    @Test(
        "a blank or a mask in a paste is a value that was not seen",
        arguments: ["[REDACTED]", "<redacted>", "***", "xxxxxxxx", "eyJhbGciOi...", "YOUR_TOKEN"])
    func blanked(_ value: String) throws {
        #expect(try pasted(value).unseen.contains(.credentialValues))
    }

    @Test(
        "a value that a program would send is taken at its word",
        arguments: ["undefined", "abc.def.ghi", "{{token}}"])
    func sent(_ value: String) throws {
        #expect(try !pasted(value).unseen.contains(.credentialValues))
    }
}
