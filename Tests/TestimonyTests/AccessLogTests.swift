import Case
import TestSupport
import Testimony
import Testing
import Wire

/// Access logs: who answered, and what a log cannot show.
struct AccessLogTests {
    /// `line: scheme host target outcome status by PART "words"` of each attempt.
    private func account(_ file: CaseFile) -> [String] {
        file.attempts.map { attempt in
            var words = [
                attempt.isSecure.map { $0 ? "wss" : "ws" } ?? "?", attempt.authority,
                attempt.request?.head.target ?? "-", attempt.outcome.rawValue, "\(attempt.status ?? 0)",
            ]
            if let at = attempt.startedAt { words.append(at.clockText(fractionDigits: 3)) }
            if let part = attempt.answeredBy { words.append("by \(part.part.rawValue) \"\(part.words)\"") }
            return words.joined(separator: " ")
        }
    }

    private static let gateway = #"""
        {"requestId":"K1","eventType":"CONNECT","routeKey":"$connect","requestTimeEpoch":"1795229103044","status":"401","authorizerError":"The client is not authorized","authorizerStatus":"-","integrationStatus":"-","domainName":"chat.test"}
        {"requestId":"K2","eventType":"CONNECT","routeKey":"$connect","requestTime":"21/Nov/2026:02:45:04 +0000","status":403,"authorizer":{"status":"403","error":"-"},"integrationStatus":"-","domainName":"chat.test"}
        {"requestId":"K3","eventType":"CONNECT","routeKey":"$connect","requestTimeEpoch":1795229105000,"status":502,"authorizerError":"-","integrationErrorMessage":"Internal server error","integrationStatus":"200","domainName":"chat.test"}
        {"requestId":"K4","eventType":"CONNECT","requestTimeEpoch":1795229106000,"status":429,"integrationStatus":"-","errorMessage":"Too Many Requests","domainName":"chat.test"}
        {"requestId":"K5","eventType":"CONNECT","requestTimeEpoch":1795229107000,"status":200,"integrationStatus":"200","domainName":"chat.test"}
        {"requestId":"K6","eventType":"MESSAGE","routeKey":"$default","requestTimeEpoch":1795229108000,"status":200,"domainName":"chat.test"}
        {"requestId":"K7","eventType":"CONNECT","requestTimeEpoch":1795229109000,"status":403,"wafResponseCode":"WAF_BLOCK","domainName":"chat.test"}

        """#

    private static let balancer = #"""
        wss 2026-11-21T02:45:13.300000Z app/lb/1 192.0.2.4:44244 10.0.0.1:8010 0.000 0.001 0.000 401 401 218 786 "GET wss://chat.test:443/live?access_token=abcdefghijklmnop HTTP/1.1" "ua" TLS_AES_128_GCM_SHA256 TLSv1.3 arn:tg "Root=1" "chat.test" "arn:cert" 1 2026-11-21T02:45:13.044000Z "forward" "-" "-" "10.0.0.1:8010" "401" "-" "-"
        https 2026-11-21T02:45:14.300000Z app/lb/1 192.0.2.4:44245 - -1 -1 -1 502 - 218 786 "GET https://chat.test:443/live HTTP/1.1" "ua" - - arn:tg "Root=1" "chat.test" "arn:cert" 1 2026-11-21T02:45:14.044000Z "forward" "-" "-" "-" "-" "-" "-"
        wss 2026-11-21T02:45:24.000000Z app/lb/1 192.0.2.4:44246 10.0.0.1:8010 0.000 0.001 0.000 101 101 218 786 "GET wss://chat.test:443/live HTTP/1.1" "ua" - - arn:tg "Root=1" "-" "-" 1 2026-11-21T02:45:15.000000Z "forward" "-" "-" "10.0.0.1:8010" "101" "-" "-"
        ws 2026-11-21T02:45:25.000000Z app/lb/1 192.0.2.4:44247 - -1 -1 -1 403 - 218 786 "GET ws://chat.test:80/live HTTP/1.1" "ua" - - - "Root=1" "-" "-" 0 2026-11-21T02:45:25.000000Z "waf" "-" "-" "-" "-" "-" "-"
        wss 2026-11-21T02:45:26.000000Z app/lb/1 192.0.2.4:44248 - -1 -1 -1 401 - 218 786 "GET wss://chat.test:443/live HTTP/1.1" "ua" - - - "Root=1" "-" "-" 0 2026-11-21T02:45:26.000000Z "authenticate" "-" "AuthInvalidCookie" "-" "-" "-" "-"

        """#

    private static let combined = #"""
        192.0.2.4 - - [21/Nov/2026:03:45:03 +0100] "GET /live?access_token=abcdefghijklmnop HTTP/1.1" 403 63 "-" "Mozilla/5.0"
        192.0.2.4 - - [21/Nov/2026:02:45:04 +0000] "GET /live HTTP/1.1" 101 230 "-" "Mozilla/5.0 \"quoted\""
        192.0.2.4 - - [21/Nov/2026:02:45:05 +0000] "GET /app.js HTTP/1.1" 200 6300 "-" "Mozilla/5.0"
        192.0.2.4 - - [21/Nov/2026:02:45:06 +0000] "POST /token HTTP/1.1" 400 63 "-" "Mozilla/5.0"

        """#

    @Test("A gateway's JSON lines tell which part refused")
    func gateway() throws {
        let file = try everyWay(Array(Self.gateway.utf8)) { feed in try readDocument(feed.pieces) }
        #expect(
            account(file) == [
                #"? chat.test - refused 401 02:45:03.044 by authorizer "The client is not authorized""#,
                #"? chat.test - refused 403 02:45:04.000 by authorizer """#,
                #"? chat.test - refused 502 02:45:05.000 by integration "Internal server error""#,
                #"? chat.test - refused 429 02:45:06.000 by gateway "Too Many Requests""#,
                #"? chat.test - opened 101 02:45:07.000"#,
                #"? chat.test - refused 403 02:45:09.000 by firewall """#,
            ])
        #expect(
            file.attempts[0].unseen == [
                .requestFields, .responseFields, .responseBody, .transport, .query,
            ])
        #expect(file.attempts[4].unseen.contains([.frames, .closes]))
        #expect(file.attempts[1].answeredBy?.place == Place(input: 0, position: .line(2, column: 1)))
        #expect(file.limits.map(\.kind) == [.notHeld])
        #expect(file.inputs.first?.kind == "access-log")
    }

    @Test("A load balancer's lines tell whether it answered itself")
    func balancer() throws {
        let file = try everyWay(Array(Self.balancer.utf8)) { feed in try readDocument(feed.pieces) }
        #expect(
            account(file) == [
                #"wss chat.test /live?access_token=abcdefghijklmnop refused 401 02:45:13.044 by target """#,
                #"wss chat.test /live opened 101 02:45:15.000 by target """#,
                #"ws chat.test /live refused 403 02:45:25.000 by firewall """#,
                #"wss chat.test /live refused 401 02:45:26.000 by authorizer "AuthInvalidCookie""#,
            ])
        #expect(file.attempts[0].credentials.map(\.name) == ["access_token"])
        #expect(file.exchanges.map(\.answeredBy?.part) == [.balancer])
    }

    @Test("Common and combined lines tell handshakes by their 101 only; others may be ordinary requests")
    func combined() throws {
        let file = try everyWay(Array(Self.combined.utf8)) { feed in try readDocument(feed.pieces) }
        #expect(account(file) == ["?  /live opened 101"])
        #expect(file.exchanges.map(\.status) == [403])
        #expect(file.exchanges.first?.request.at?.rfc3339 == "2026-11-21T02:45:03.000000Z")
        #expect(file.limits.map(\.kind) == [.notHeld, .notHeld])
    }

    @Test("JSON lines of proxies: times of their end, the server's own status, a client that went away")
    func proxyLines() throws {
        let text = #"""
            {"time_iso8601":"2026-11-21T02:45:13+00:00","request_time":"10.000","request":"GET /live HTTP/1.1","http_upgrade":"websocket","host":"chat.test","scheme":"https","status":"403","upstream_status":"403"}
            {"msec":"1795229103.044","request_time":"0.044","request_method":"GET","uri":"/live","args":"","http_upgrade":"websocket","host":"chat.test","status":502,"upstream_status":"-"}
            {"@timestamp":"2026-11-21T02:45:05Z","request_uri":"/live?x=1","request_method":"GET","http_upgrade":"websocket","status":499,"upstream_status":"-"}
            {"@timestamp":"2026-11-21T02:45:05Z","request_uri":"/page","request_method":"GET","http_upgrade":"-","status":404}

            """#
        let file = try everyWay(Array(text.utf8)) { feed in try readDocument(feed.pieces) }
        #expect(
            account(file) == [
                #"wss chat.test /live refused 403 02:45:03.000 by target """#,
                #"? chat.test /live refused 502 02:45:03.000 by balancer """#,
                "?  /live?x=1 failed 0 02:45:05.000",
            ])
        #expect(file.attempts.map { $0.unseen.contains(.query) } == [false, false, false])
        #expect(file.exchanges.isEmpty)
    }

    @Test(
        "Lines that a collector wrapped are unwrapped",
        arguments: [
            #"{"timestamp":1795229109000,"message":"{\"eventType\":\"CONNECT\",\"requestTimeEpoch\":1795229103044,\"status\":403,\"authorizerError\":\"no\"}"}"#,
            #"2026-11-21T02:45:09.000000+00:00 stream-1 {"eventType":"CONNECT","requestTimeEpoch":1795229103044,"status":403,"authorizerError":"no"}"#,
        ])
    func wrapped(line: String) throws {
        let file = try everyWay(Array((line + "\n").utf8)) { feed in try readDocument(feed.pieces) }
        #expect(account(file) == [#"?  - refused 403 02:45:03.044 by authorizer "no""#])
    }

    @Test("A container's log around a combined line")
    func container() throws {
        let line =
            #"{"log":"192.0.2.4 - - [21/Nov/2026:02:45:04 +0000] \"GET /live HTTP/1.1\" 101 230 \"-\" \"-\"\n","stream":"stdout","time":"2026-11-21T02:45:05Z"}"#
        let file = try readDocument([Array((line + "\n").utf8)])
        #expect(account(file) == ["?  /live opened 101"])
    }

    @Test(
        "What is no access log is none, and says so",
        arguments: ["{\"a\":1}\n", "hello\n", "{\"log\":\"x\"}\n"])
    func none(text: String) throws {
        #expect(DocumentFormat(Array(text.utf8).span) != .accessLog)
        #expect {
            try readDocument([Array(text.utf8)], as: .accessLog)
        } throws: { error in
            (error as? DocumentError)?.text.contains("no access log") == true
        }
    }

    @Test("Damaged, cut and overlong lines are counted and passed over")
    func damaged() throws {
        var limits = Limits.standard
        limits.accessLineBytes = 400
        let long = #"{"eventType":"CONNECT","pad":""# + String(repeating: "x", count: 500) + "\"}\n"
        let text = Self.gateway + long + #"{"eventType":"CONN"#
        let file = try everyWay(Array(text.utf8)) { feed in
            try readDocument(feed.pieces, as: .accessLog, limits: limits)
        }
        #expect(file.attempts.count == 6)
        #expect(file.limits.last?.kind == .inputCutShort)
        #expect(file.limits.last?.text.contains("2 lines") == true)
        #expect(file.limits.last?.place == Place(input: 0, position: .line(8, column: 1)))
    }

    @Test("Flipped bytes give a case or an error, in one piece as in many")
    func flipped() throws {
        var random = SeededRandom(seed: 21)
        for text in [Self.gateway, Self.balancer, Self.combined] {
            let bytes = Array(text.utf8)
            for _ in 0..<60 {
                var damaged = bytes
                for _ in 0..<1 + random.below(4) {
                    damaged[random.below(bytes.count)] = UInt8(random.below(256))
                }
                let cut = random.below(bytes.count)
                let whole = Result { try readDocument([damaged], as: .accessLog) }
                let parts = Result {
                    try readDocument([Array(damaged[..<cut]), Array(damaged[cut...])], as: .accessLog)
                }
                #expect((try? whole.get()) == (try? parts.get()))
            }
        }
    }

    @Test("A log beside another input tells who refused each of its attempts")
    func merging() throws {
        let har = try readDocument([Array(HARFixture.browsers[0].text.utf8)])
        let log = #"""
            {"requestId":"K1","eventType":"CONNECT","requestTimeEpoch":"1795229103060","status":"403","authorizerError":"expired","domainName":"chat.test"}
            {"requestId":"K2","eventType":"CONNECT","requestTimeEpoch":"1795229105060","status":"200","integrationStatus":"200","domainName":"chat.test"}

            """#
        let lines = #"""
            192.0.2.4 - - [21/Nov/2026:02:45:04 +0000] "GET /live HTTP/1.1" 401 63 "-" "-"
            192.0.2.4 - - [21/Nov/2026:02:45:04 +0000] "GET /other HTTP/1.1" 401 63 "-" "-"

            """#
        let logged = try readDocument([Array(log.utf8)])
        let combined = try readDocument([Array(lines.utf8)])
        for cases in [[har, logged, combined], [logged, har, combined], [combined, har, logged]] {
            let whole = merged(cases)
            #expect(whole.attempts.map(\.status) == [403, 401, 101, nil, nil])
            #expect(whole.attempts[0].answeredBy?.part == .authorizer)
            #expect(whole.attempts[0].request?.head.target == "/live")
            #expect(whole.attempts[0].seenAlso.count == 1)
            #expect(whole.attempts[1].seenAlso.count == 1)
            #expect(whole.exchanges.map { $0.request.head.target } == ["/other"])
        }
    }
}
