/// Small HARs in the dialects of the programs that write them, made by hand after measured ones.
struct HARFixture: Sendable, CustomStringConvertible {
    let description: String
    let text: String
    /// What is told of each attempt: see `account`.
    let attempts: [String]
    let limits: [String]

    init(_ description: String, _ attempts: [String], limits: [String], _ text: String) {
        self.description = description
        self.attempts = attempts
        self.limits = limits
        self.text = text
    }

    static let upgrade = #"""
        {"name":"Host","value":"chat.test"},{"name":"Upgrade","value":"websocket"},
        {"name":"Connection","value":"Upgrade"},{"name":"Sec-WebSocket-Version","value":"13"},
        {"name":"Sec-WebSocket-Key","value":"dGhlIHNhbXBsZSBub25jZQ=="},{"name":"Cookie","value":"sid=abc123"}
        """#

    static let switched = #"""
        {"name":"Upgrade","value":"websocket"},{"name":"Connection","value":"Upgrade"},
        {"name":"Sec-WebSocket-Accept","value":"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}
        """#

    static let all: [HARFixture] = browsers + programs

    static let browsers = [
        HARFixture(
            "DevTools: status 0, the number in an error message, seconds",
            [
                "wss chat.test /live refused 403 -responseFields -responseBody -transport",
                "wss chat.test /live refused 401 -responseFields -responseBody -transport",
                "wss chat.test /live opened 101 > text 2 > binary 3 < text 2 @500 ms -closes -transport",
                "wss chat.test /live failed refused -status -responseFields -responseBody -transport",
                "wss chat.test /live incomplete -status -responseFields -responseBody -transport",
            ],
            limits: ["browser-hides-refusal", "not-held"],
            #"""
            {"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[
            {"_resourceType":"websocket","startedDateTime":"2026-11-21T02:45:03.000Z","time":80,
             "request":{"method":"GET","url":"wss://chat.test/live","httpVersion":"","headers":[\#(upgrade)]},
             "response":{"status":0,"statusText":"","headers":[],"content":{"size":0,"mimeType":"x-unknown"}},
             "_webSocketMessages":[{"type":"error","time":1795229103.08,"opcode":-1,
              "data":"Error during WebSocket handshake: Unexpected response code: 403"}]},
            {"_resourceType":"websocket","startedDateTime":"2026-11-21T02:45:04.000Z",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":0,"headers":[],"content":{"size":0}},
             "_webSocketMessages":[{"type":"error","time":1795229104.1,"opcode":-1,
              "data":"HTTP Authentication failed; no valid credentials available"}]},
            {"_resourceType":"websocket","startedDateTime":"2026-11-21T02:45:05.000Z",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"statusText":"Switching Protocols","headers":[\#(switched)],"content":{}},
             "_webSocketMessages":[{"type":"send","time":1795229105.1,"opcode":1,"data":"hi"},
              {"type":"send","time":1795229105.2,"opcode":2,"data":"AAEC"},
              {"type":"receive","time":1795229105.5,"opcode":1,"data":"ho"}]},
            {"_resourceType":"websocket","startedDateTime":"2026-11-21T02:45:06.000Z",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":0,"headers":[],"content":{}},
             "_webSocketMessages":[{"type":"error","time":1795229106.1,"opcode":-1,
              "data":"Error in connection establishment: net::ERR_CONNECTION_REFUSED"}]},
            {"_resourceType":"websocket","startedDateTime":"2026-11-21T02:45:07.000Z",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":0,"headers":[],"content":{}}}
            ]}}
            """#),
        HARFixture(
            "Playwright: status -1, the words in _failureText, milliseconds",
            [
                "wss chat.test /live refused 403 -responseFields -responseBody -transport",
                "wss chat.test /live opened 101 < text 2 @500 ms -closes -transport",
            ],
            limits: ["browser-hides-refusal", "not-held"],
            #"""
            {"log":{"version":"1.2","creator":{"name":"Playwright","version":"1.65"},"browser":{"name":"chromium"},
            "entries":[
            {"startedDateTime":"2026-11-21T02:45:03.000Z","time":-1,"_resourceType":"websocket",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":-1,"statusText":"","headers":[],"content":{"size":-1},
              "_failureText":"Error during WebSocket handshake: Unexpected response code: 403"},
             "timings":{"send":-1,"wait":-1,"receive":-1}},
            {"startedDateTime":"2026-11-21T02:45:05.000Z","time":8.3,"_resourceType":"websocket",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"headers":[\#(switched)],"content":{"size":-1}},
             "_webSocketMessages":[{"type":"receive","time":1795229105500,"opcode":1,"data":"ho"}]}
            ]}}
            """#),
        HARFixture(
            "Firefox: the real status with an empty body, no messages",
            [
                "ws chat.test /live refused 403 -responseBody -transport",
                "ws chat.test /live opened 101 -frames -closes -transport",
            ],
            limits: ["not-held", "not-held"],
            #"""
            {"log":{"version":"1.2","creator":{"name":"Firefox","version":"153"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:03.000+00:00","time":4,"pageref":"page_1",
             "request":{"method":"GET","url":"ws://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":403,"statusText":"Forbidden","headers":[{"name":"Content-Length","value":"63"}],
              "content":{"mimeType":"application/json","size":0,"text":""},"bodySize":231}},
            {"startedDateTime":"2026-11-21T02:45:04.000+00:00","time":4,
             "request":{"method":"GET","url":"ws://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"headers":[\#(switched)],"content":{"size":0,"text":""}}}
            ]}}
            """#),
        HARFixture(
            "Safari: at best the handshake, and fields may be missing",
            ["wss chat.test /live refused 401 -requestFields -responseBody -transport"],
            limits: [],
            #"""
            {"log":{"version":"1.2","creator":{"name":"WebKit Web Inspector","version":"1.0"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:03.000Z","time":4,
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[{"name":"Origin","value":"https://chat.test"}]},
             "response":{"status":401,"headers":[{"name":"WWW-Authenticate","value":"Bearer"}],"content":{"size":0}}}
            ]}}
            """#),
    ]

    static let programs = [
        HARFixture(
            "mitmproxy: https instead of wss, told by the Upgrade field; status, fields and body are there",
            [
                "wss chat.test /live refused 403 body 23 -transport",
                "wss chat.test /live opened 101 < text 2 @500 ms -closes -transport",
            ],
            limits: ["not-held"],
            #"""
            {"log":{"version":"1.2","creator":{"name":"mitmproxy","version":"11"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:03.000000+00:00","time":4.5,
             "request":{"method":"GET","url":"https://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":403,"headers":[{"name":"Content-Length","value":"23"}],
              "content":{"size":23,"text":"{\"message\":\"Forbidden\"}"}}},
            {"startedDateTime":"2026-11-21T02:45:05.000000+00:00","time":4.5,"_resourceType":"websocket",
             "request":{"method":"GET","url":"https://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"headers":[\#(switched)],"content":{"size":0,"text":""}},
             "_webSocketMessages":[{"type":"receive","time":1795229105.5,"opcode":1,"data":"ho"}]}
            ]}}
            """#),
        HARFixture(
            "HTTP Toolkit: a close code without the side that sent it",
            ["wss chat.test /live opened 101 < text 2 @500 ms -closes -transport"],
            limits: ["not-held", "not-held"],
            #"""
            {"log":{"creator":{"name":"HTTP Toolkit","version":"1"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:05.000Z","time":900,"_resourceType":"websocket",
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"headers":[\#(switched)],"content":{}},
             "_webSocketMessages":[{"type":"receive","time":1795229105.5,"opcode":1,"data":"ho"}],
             "_webSocketClose":{"code":4003,"reason":"Invalid token","timestamp":1795229105.9}}
            ]}}
            """#),
        HARFixture(
            "Proxyman: messages under another name, times as text, the close frame among them",
            ["wss chat.test /live opened 101 < text 2 @500 ms close 4003 server -transport"],
            limits: [],
            #"""
            {"log":{"creator":{"name":"Proxyman","version":"4"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:05.000Z","time":900,
             "request":{"method":"GET","url":"https://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"headers":[\#(switched)],"content":{}},
             "webSocketMessages":[{"type":"receive","time":"2026-11-21T02:45:05.500Z","opcode":1,"data":"ho"},
              {"type":"receive","time":1795229105.9,"opcode":8,"code":4003,"reason":"Invalid token","data":""}]}
            ]}}
            """#),
        HARFixture(
            "wsdiag: control frames in a list of their own take their place by time, and the end is told",
            [
                "wss chat.test /live opened 101 > text 2 < text 2 @700 ms close 4003 server -transport",
                "wss chat.test /live failed refused",
            ],
            limits: [],
            #"""
            {"log":{"creator":{"name":"wsdiag","version":"1"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:05.000Z","time":900,
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":101,"headers":[\#(switched)],"content":{}},
             "_connectionEnding":{"kind":"finished","by":"server","time":1795229106},
             "_webSocketControlFrames":[
              {"type":"receive","time":1795229105.5,"opcode":9,"data":"aGk="},
              {"type":"send","time":1795229105.6,"opcode":10,"data":"aGk="},
              {"type":"receive","time":1795229105.9,"opcode":8,"code":4003,"reason":"Invalid token","data":"D6M="}],
             "_webSocketMessages":[{"type":"send","time":1795229105.1,"opcode":1,"data":"hi"},
              {"type":"receive","time":1795229105.7,"opcode":1,"data":"ho"}]},
            {"startedDateTime":"2026-11-21T02:45:07.000Z","time":0,
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(upgrade)]},
             "response":{"status":0,"headers":[],"content":{}},
             "_connectionEnding":{"kind":"refused","time":1795229107.1}}
            ]}}
            """#),
        HARFixture(
            "Charles: the handshake only",
            ["wss chat.test /live opened 101 -frames -closes -transport"],
            limits: ["not-held", "not-held"],
            "\u{feff}"
                + #"""
                {"log":{"creator":{"name":"Charles Proxy","version":"4.6"},"entries":[
                {"startedDateTime":"2026-11-21T02:45:05.000Z","time":900,
                 "request":{"method":"GET","url":"https://chat.test/live","headers":[\#(upgrade)]},
                 "response":{"_charlesStatus":"COMPLETE","status":101,"headers":[\#(switched)],"content":{"size":0}}}
                ]}}
                """#),
        HARFixture(
            "Insomnia: a request without fields",
            ["wss chat.test /live refused 403 body 2 -requestFields -transport"],
            limits: [],
            #"""
            {"log":{"creator":{"name":"Insomnia REST Client","version":"1"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:05.000Z","time":900,
             "request":{"method":"GET","url":"wss://chat.test/live","headers":[]},
             "response":{"status":403,"headers":[{"name":"X","value":"y"}],"content":{"size":2,"text":"no"}}}
            ]}}
            """#),
        HARFixture(
            "Fiddler: a bare log object, fields as an object, a 101 without any other sign",
            ["ws chat.test /live opened 101 -frames -closes -transport"],
            limits: ["not-held", "not-held"],
            #"""
            {"version":"1.2","creator":{"name":"Fiddler","version":"5"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:05.0000000+00:00","time":900,
             "request":{"method":"GET","url":"http://chat.test/live","headers":{"Host":"chat.test"}},
             "response":{"status":101,"headers":{"Upgrade":"websocket","Connection":"Upgrade"},"content":{}}},
            {"startedDateTime":"2026-11-21T02:45:06.000Z","time":1,
             "request":{"method":"GET","url":"http://chat.test/h2","headers":[{"name":"Upgrade","value":"h2c"}]},
             "response":{"status":101,"headers":[{"name":"Upgrade","value":"h2c"}],"content":{}}}
            ]}
            """#),
    ]
}
