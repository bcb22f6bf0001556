import Wire

/// Where in code one stands: in which handler of a close or an error, in which named function.
struct CodeScopes {
    private struct Scope {
        /// The function's name, or nil for a handler.
        var name: String?
        /// The depth of brackets at which it ends.
        var depth: Int
        var hasOpened = false
        /// The bracket that ends it.
        var closer: UInt8
        /// Where it begins.
        var offset: Int
    }

    private var depth = 0
    private var open: [Scope] = []
    /// Functions that dial, by name: the index of the dial.
    private(set) var dialling: [String: Int] = [:]
    /// Calls of such functions from a handler: the dial, and where the call stands.
    private(set) var calls: [(dial: Int, offset: Int)] = []
    /// Where the scope of each dial begins, by its index.
    private(set) var beginnings: [Int: Int] = [:]
    private var callsByName: [(name: String, offset: Int)] = []

    /// Whether the current token stands in a handler of a close or an error.
    var isInHandler: Bool { open.contains { $0.name == nil } }

    /// Takes the next token.
    mutating func step(_ tokens: [CodeToken], _ index: Int) {
        if case .sign(let byte) = tokens[index].kind {
            switch byte {
            case 0x28, 0x5b, 0x7b:
                depth += 1
                for scope in open.indices { open[scope].hasOpened = true }
            case 0x29, 0x5d, 0x7d:
                depth = max(0, depth - 1)
                open.removeAll { $0.hasOpened && depth <= $0.depth && byte == $0.closer }
            default: break
            }
            return
        }
        guard open.count < 32 else { return }
        let offset = tokens[index].offset
        if let closer = handlerCloser(tokens, index) {
            open.append(Scope(name: nil, depth: depth, closer: closer, offset: offset))
        } else if let name = assignedHandler(tokens, index), callsByName.count < 256 {
            callsByName.append((name, offset))
        } else if let name = functionName(tokens, index) {
            open.append(Scope(name: name, depth: depth, closer: 0x7d, offset: offset))
        } else if isInHandler, let name = tokens[index].name, callsByName.count < 256 {
            callsByName.append((name, offset))
        }
    }

    /// Notes that the dial of that number stands here.
    mutating func noteDial(_ number: Int) {
        if let function = open.last(where: { $0.name != nil }), let name = function.name, !isInHandler {
            dialling[name] = number
        }
        if let scope = open.first { beginnings[number] = scope.offset }
    }

    /// The calls from handlers of functions that dial.
    func reconnecting() -> [(dial: Int, offset: Int)] {
        var found: [(dial: Int, offset: Int)] = []
        for call in callsByName {
            guard let dial = dialling[call.name], !found.contains(where: { $0.dial == dial }) else {
                continue
            }
            found.append((dial, call.offset))
        }
        return found
    }

    /// `x.on('close', …`, `addEventListener("close", …`, `x.onclose = (…) => {`: the bracket that ends the handler.
    private func handlerCloser(_ tokens: [CodeToken], _ index: Int) -> UInt8? {
        guard let name = tokens[index].name, index + 3 < tokens.count else { return nil }
        switch name {
        case "on", "once", "addEventListener":
            guard tokens[index + 1].isSign(0x28), let event = tokens[index + 2].string else { return nil }
            return event == "close" || event == "error" || event == "disconnect" ? 0x29 : nil
        case "onclose", "onerror":
            guard tokens[index + 1].isSign(0x3d) else { return nil }
            let word = tokens[index + 2].name
            let isFunction =
                tokens[index + 2].isSign(0x28) || word == "function" || word == "async"
                || tokens[index + 3].isSign(0x3e)
            return isFunction ? 0x7d : nil
        default: return nil
        }
    }

    /// `x.onclose = connect`: the function's name.
    private func assignedHandler(_ tokens: [CodeToken], _ index: Int) -> String? {
        guard let name = tokens[index].name, name == "onclose" || name == "onerror", index + 2 < tokens.count,
            tokens[index + 1].isSign(0x3d)
        else { return nil }
        return tokens[index + 2].name
    }

    /// `function connect(`, `func connect(`, `const connect = (…) =>`, `const connect = async function`.
    private func functionName(_ tokens: [CodeToken], _ index: Int) -> String? {
        guard let name = tokens[index].name, index + 2 < tokens.count else { return nil }
        if 0 < index, let word = tokens[index - 1].name, ["function", "func", "def", "fun"].contains(word),
            tokens[index + 1].isSign(0x28)
        {
            return name
        }
        guard tokens[index + 1].isSign(0x3d) else { return nil }
        var next = index + 2
        if tokens[next].name == "async" { next += 1 }
        guard next < tokens.count else { return nil }
        if tokens[next].name == "function" { return name }
        guard tokens[next].isSign(0x28) else { return nil }
        // Parameters, and the arrow behind them.
        var look = next + 1
        let bound = min(tokens.count, next + 24)
        while look < bound, !tokens[look].isSign(0x29) { look += 1 }
        return look + 1 < bound && tokens[look + 1].isSign(0x3e) ? name : nil
    }
}
