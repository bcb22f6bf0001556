import Case
import JSON
import TestSupport
import Testing
import Wire

@testable import Diagnosis

private func token(_ claims: String, header: String = #"{"alg":"HS256"}"#, signature: Int = 32) -> Token {
    let parts = [Array(header.utf8), Array(claims.utf8), [UInt8](repeating: 7, count: signature)]
    let text = parts.map { String(decoding: base64($0.span, url: true), as: UTF8.self) }.joined(
        separator: ".")
    let secret = Secret(text)
    return Token(id: 1, secret: secret, kind: TokenForm(of: secret.bytes.span).kind)
}

@Suite("Tokens that are told alike")
struct LikenessTests {
    @Test(
        "who it is makes no difference, all else does",
        arguments: [
            ("another subject", #"{"sub":"anna","exp":5}"#, #"{"sub":"bert","exp":5}"#, true),
            ("another number of its own", #"{"jti":"1","exp":5}"#, #"{"jti":"22","exp":5}"#, true),
            ("white space around the colon", #"{"sub" : "anna"}"#, #"{"sub" : "bert"}"#, true),
            ("another expiry", #"{"sub":"anna","exp":5}"#, #"{"sub":"anna","exp":6}"#, false),
            ("another scope", #"{"scope":"a"}"#, #"{"scope":"b"}"#, false),
            ("no subject", #"{"sub":"anna","exp":5}"#, #"{"exp":5}"#, false),
            ("a subject that is a number", #"{"sub":1}"#, #"{"sub":2}"#, false),
            ("a subject further in", #"{"act":{"sub":"anna"}}"#, #"{"act":{"sub":"bert"}}"#, false),
            ("a text that reads like the name", #"{"iss":"sub","a":"x"}"#, #"{"iss":"sub","a":"y"}"#, false),
            ("a list of names", #"{"aud":["sub","x"]}"#, #"{"aud":["sub","y"]}"#, false),
            ("a client beside it", #"{"sub":"anna","azp":"app"}"#, #"{"sub":"app","azp":"app"}"#, false),
            (
                "a client behind it", #"{"sub":"anna","client_id":"app"}"#,
                #"{"sub":"app","client_id":"app"}"#, false
            ),
            ("an escape", #"{"sub":"an\u006ea"}"#, #"{"sub":"b\u0065rt"}"#, false),
            (
                "a client in escapes", #"{"sub":"anna","\u0061zp":"app"}"#,
                #"{"sub":"app","\u0061zp":"app"}"#, false
            ),
        ])
    func likeness(_ name: String, _ left: String, _ right: String, _ isAlike: Bool) {
        #expect((token(left).likeness == token(right).likeness) == isAlike, "\(name)")
    }

    @Test("another header or a signature of another length makes a difference")
    func parts() {
        let claims = #"{"sub":"anna"}"#
        #expect(token(claims).likeness != token(claims, header: #"{"alg":"none"}"#).likeness)
        #expect(token(claims).likeness != token(claims, signature: 33).likeness)
        #expect(token(claims, signature: 32).likeness != token(claims, signature: 32 + 192).likeness)
    }

    @Test("what is alike by its bytes is equal without its subject, however it is damaged")
    func law() {
        var random = SeededRandom(seed: 11)
        let bases = [
            #"{"sub":"anna","jti":"1","exp":5,"aud":["a","sub"],"x":{"sub":"y"}}"#,
            #"{"sub" : "anna" , "azp":"anna"}"#, #"{"a":"sub","sub":"b","sub":"c","jti":7}"#,
        ]
        var known: [[UInt8]: JWT?] = [:]
        var alike = 0
        for round in 0..<30_000 {
            var bytes = Array(bases[round % bases.count].utf8)
            for _ in 0..<random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = Array(#"":,{}[]sub\ 1"#.utf8)[random.below(13)]
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[random.below(bytes.count)], at: place)
                }
            }
            let damaged = token(String(decoding: bytes, as: UTF8.self))
            guard damaged.kind == .jwt else { continue }
            let bare = damaged.jwt?.withoutSubject
            if let other = known.updateValue(bare, forKey: damaged.likeness) {
                alike += 1
                #expect(other == bare, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(1000 < alike)
    }
}
