import Case
import Wire

/// Finds what code dials: one pass over its tokens, with what variables hold so far.
struct CodeDials {
    private let tokens: [CodeToken]
    private let limits: Limits
    private(set) var values: CodeValues
    private(set) var dials: [Dial] = []
    /// The range of tokens of each dial's handler or function, where it stands in one.
    private(set) var scopes = CodeScopes()
    private var usesWebsocketsModule = false
    private var usesNodeModule = false
    /// Tokens that the reading of objects may still look at.
    private var objectBudget: Int

    init(_ tokens: [CodeToken], limits: Limits) {
        self.tokens = tokens
        self.limits = limits
        values = CodeValues(limits: limits)
        objectBudget = tokens.count * 8 + 4096
        for index in tokens.indices {
            scopes.step(tokens, index)
            guard let name = tokens[index].name else { continue }
            if name == "websockets" { usesWebsocketsModule = true }
            if name == "require" || name == "from" { noteModule(index) }
            readAssignment(name, index)
            readSetting(name, index)
            if dials.count < limits.statements, index + 1 < tokens.count, tokens[index + 1].isSign(0x28) {
                readCall(name, index)
            }
        }
    }

    private var expressions: CodeExpressions { CodeExpressions(tokens: tokens, values: values) }

    /// `require('ws')`, `from 'ws'`.
    private mutating func noteModule(_ index: Int) {
        for next in index + 1..<index + 3 where next < tokens.count && tokens[next].string == "ws" {
            usesNodeModule = true
        }
    }

    // MARK: - Variables

    private mutating func readAssignment(_ name: String, _ index: Int) {
        guard index + 2 < tokens.count, tokens[index + 1].isSign(0x3d) else { return }
        if 0 < index, tokens[index - 1].isSign(0x2e) { return }
        let value = index + 2
        if let fields = fields(at: value) { values.objects[name] = fields }
        var text = expressions.text(at: value).text
        // What is only another name, or a call, is best known by this one.
        if let whole = text, whole.hasPrefix("${"), whole.firstIndex(of: "}") == whole.indices.last {
            text = nil
        }
        values.assign(name, text, at: tokens[index].offset)
    }

    /// `header.Set("Name", value)` and `headers["Name"] = value`.
    private mutating func readSetting(_ name: String, _ index: Int) {
        guard index + 5 < tokens.count else { return }
        if tokens[index + 1].isSign(0x2e), let method = tokens[index + 2].name,
            tokens[index + 3].isSign(0x28),
            ["Set", "Add", "set", "append", "SetRequestHeader", "addHeader"].contains(method),
            let field = tokens[index + 4].string, tokens[index + 5].isSign(0x2c), isFieldName(field)
        {
            append(field, at: index + 6, to: name)
        } else if tokens[index + 1].isSign(0x5b), let field = tokens[index + 2].string,
            tokens[index + 3].isSign(0x5d),
            tokens[index + 4].isSign(0x3d), isFieldName(field)
        {
            append(field, at: index + 5, to: name)
        }
    }

    private mutating func append(_ field: String, at index: Int, to name: String) {
        guard values.objects[name, default: []].count < 64 else { return }
        let text = expressions.text(at: index).text ?? "${?}"
        values.objects[name, default: []].append(.init(name: field, value: text))
    }

    // MARK: - Calls

    private mutating func readCall(_ name: String, _ index: Int) {
        let before = index < 2 || !tokens[index - 1].isSign(0x2e) ? nil : tokens[index - 2].name
        let client: String
        switch name {
        case "WebSocket", "ReconnectingWebSocket", "WebSocketClient":
            guard 0 < index, tokens[index - 1].name == "new" || name == "ReconnectingWebSocket" else {
                return
            }
            client = "browser"
        case "connect":
            guard before == "websockets" || before == nil && usesWebsocketsModule else { return }
            client = "python"
        case "ws_connect", "create_connection", "WebSocketApp":
            guard name != "create_connection" || before == "websocket" || before == nil else { return }
            client = "python"
        case "Dial", "DialContext":
            guard let before, before.lowercased().contains("dial") || before == "websocket" else { return }
            client = "go"
        case "buildAsync", "newWebSocket": client = "java"
        case "ConnectAsync": client = "dotnet"
        default: return
        }
        let close = expressions.closing(index + 1, min(tokens.count, index + 600))
        var arguments = arguments(index + 2, close)
        if name == "DialContext" || client == "go" && 1 < arguments.count && isContext(arguments[0]) {
            arguments.removeFirst()
        }
        guard let first = arguments.first else { return }
        var dial = Dial(url: nil, offset: tokens[index].offset)
        dial.isCode = true
        dial.client = client
        dial.isReconnect = scopes.isInHandler
        dial.url = url(first)
        for argument in arguments.dropFirst() { take(argument, into: &dial) }
        if client == "browser" { dial.client = usesNodeModule || !dial.fields.isEmpty ? "node" : "chrome" }
        dials.append(dial)
        scopes.noteDial(dials.count - 1)
    }

    private func isContext(_ argument: Range<Int>) -> Bool {
        tokens[argument.lowerBound].name == "ctx" || tokens[argument.lowerBound].name == "context"
    }

    /// The URL of an argument, `url=` before it or not; a name that is no URL stands as `${name}`.
    private func url(_ argument: Range<Int>) -> String? {
        var start = argument.lowerBound
        if start + 1 < argument.upperBound, tokens[start].name != nil, tokens[start + 1].isSign(0x3d) {
            start += 2
        }
        return expressions.text(at: start).text
    }

    /// What stands between commas, brackets closed.
    private func arguments(_ start: Int, _ end: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var first = start
        var index = start
        while index < end, found.count < 16 {
            if case .sign(let byte) = tokens[index].kind {
                if byte == 0x28 || byte == 0x5b || byte == 0x7b {
                    index = expressions.closing(index, end)
                } else if byte == 0x2c {
                    if first < index { found.append(first..<index) }
                    first = index + 1
                }
            }
            index += 1
        }
        if first < end { found.append(first..<end) }
        return found
    }

    /// Subprotocols, options or header fields of a call.
    private mutating func take(_ argument: Range<Int>, into dial: inout Dial) {
        var start = argument.lowerBound
        var keyword: String?
        if start + 2 < argument.upperBound, let name = tokens[start].name, tokens[start + 1].isSign(0x3d) {
            keyword = name
            start += 2
        }
        if let keyword, keyword.hasPrefix("subprotocol") || keyword == "protocols" {
            dial.subprotocols += list(start, argument.upperBound)
        } else if tokens[start].isSign(0x7b) || tokens[start].name != nil && fields(at: start) != nil {
            dial.fields += fields(at: start) ?? []
            dial.subprotocols += optionProtocols(start, argument.upperBound)
        } else if keyword == nil, dial.client == "browser" {
            dial.subprotocols += list(start, argument.upperBound)
        } else if keyword == "header" || keyword == "headers" {
            for line in list(start, argument.upperBound) {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                dial.fields.append(.init(name: parts[0].trimmed, value: parts[1].trimmed))
            }
        }
    }

    /// The texts of `['a', b]`, or of one value.
    private func list(_ start: Int, _ end: Int) -> [String] {
        guard start < end else { return [] }
        guard tokens[start].isSign(0x5b) else {
            return expressions.text(at: start).text.map { [$0] } ?? []
        }
        return arguments(start + 1, expressions.closing(start, end)).compactMap {
            expressions.text(at: $0.lowerBound).text
        }
    }

    private func optionProtocols(_ start: Int, _ end: Int) -> [String] {
        guard tokens[start].isSign(0x7b) else { return [] }
        for index in start..<end {
            guard let name = tokens[index].name ?? tokens[index].string,
                name == "protocol" || name == "protocols" || name == "subprotocols",
                index + 2 < end, tokens[index + 1].isSign(0x3a)
            else { continue }
            return list(index + 2, end)
        }
        return []
    }

    /// The header fields of an object: its own, or those of its `headers`. Nil when it is no object.
    private mutating func fields(at start: Int, depth: Int = 0) -> [ToldMessage.Field]? {
        guard start < tokens.count, depth < 4, 0 < objectBudget else { return nil }
        if let name = tokens[start].name {
            if let known = values.objects[name] { return known }
            // Go's `http.Header{…}`, a map's name before its brace.
            var index = start
            while index < min(start + 8, tokens.count), !tokens[index].isSign(0x7b) {
                guard
                    tokens[index].name != nil || tokens[index].isSign(0x2e) || tokens[index].isSign(0x5b)
                        || tokens[index].isSign(0x5d)
                else { return nil }
                index += 1
            }
            guard index < min(start + 8, tokens.count), name == "http" || name == "map" || name == "dict"
            else { return nil }
            return pairs(index, depth)
        }
        guard tokens[start].isSign(0x7b) else { return nil }
        return pairs(start, depth)
    }

    private mutating func pairs(_ open: Int, _ depth: Int) -> [ToldMessage.Field] {
        let close = expressions.closing(open, min(tokens.count, open + 400))
        objectBudget -= close - open
        var found: [ToldMessage.Field] = []
        for member in arguments(open + 1, close) where found.count < 64 {
            let start = member.lowerBound
            guard let key = tokens[start].string ?? tokens[start].name else { continue }
            guard start + 2 < member.upperBound, tokens[start + 1].isSign(0x3a) else {
                if ["headers", "header"].contains(key), let known = values.objects[key] { return known }
                continue
            }
            var value = start + 2
            if ["headers", "header", "extraHeaders", "additional_headers", "extra_headers"].contains(key) {
                return fields(at: value, depth: depth + 1) ?? []
            }
            while value < member.upperBound, tokens[value].isSign(0x7b) || tokens[value].isSign(0x5b) {
                value += 1
            }
            guard value < member.upperBound, isFieldName(key), let text = expressions.text(at: value).text
            else { continue }
            found.append(.init(name: key, value: text))
        }
        return found
    }

    private func isFieldName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy(isTokenByte)
    }
}
