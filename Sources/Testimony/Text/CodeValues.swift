import Case
import Wire

/// What variables of pasted code hold, as far as one pass can tell.
struct CodeValues {
    /// A variable's text, and where it got it.
    struct Assigned {
        /// The value as a template: variables that are not known as `${name}`. Nil where it is no text.
        var text: String?
        /// Where each assignment stands, in order.
        var offsets: [Int]
    }

    /// By name.
    private(set) var variables: [String: Assigned] = [:]
    /// Fields of objects by the variable that holds them: `options`, `headers`.
    var objects: [String: [ToldMessage.Field]] = [:]
    /// The most that a text may become. Bytes.
    let textBytes: Int
    /// Bytes that values may still become, all together; code that builds values out of values without end is left alone.
    private(set) var budget: Int

    init(limits: Limits) {
        textBytes = limits.testimonyHoleBytes / 4
        budget = limits.testimonyHoleBytes * 512
    }

    mutating func assign(_ name: String, _ text: String?, at offset: Int) {
        budget -= text?.utf8.count ?? 0
        variables[name, default: Assigned(text: nil, offsets: [])].offsets.append(offset)
        variables[name]?.text = text
    }

    /// The text that a variable holds.
    func text(of name: String) -> String? { 0 < budget ? variables[name]?.text : nil }

    /// A template with what is known put in. One round: values are resolved when they are assigned.
    func resolved(_ template: String) -> String {
        guard template.contains("${") else { return template }
        var shown = ""
        var rest = template[...]
        while let dollar = rest.firstIndex(of: "$") {
            let next = rest.index(after: dollar)
            guard next < rest.endIndex, rest[next] == "{", let close = rest[next...].firstIndex(of: "}")
            else {
                shown += rest[...dollar]
                rest = rest[next...]
                continue
            }
            shown += rest[..<dollar]
            let name = bareName(rest[rest.index(after: next)..<close])
            if let value = text(of: name), shown.utf8.count + value.utf8.count <= textBytes {
                shown += value
            } else {
                shown += "${\(name)}"
            }
            rest = rest[rest.index(after: close)...]
        }
        return shown + rest
    }
}

/// The variable in what a template interpolates: `encodeURIComponent(token)` gives `token`, `await getToken()` `getToken`.
func bareName(_ text: Substring) -> String {
    var part = text.trimmed
    if part.hasPrefix("await ") { part = String(part.dropFirst(6)) }
    for wrapper in ["encodeURIComponent(", "encodeURI(", "quote(", "String("] where part.hasPrefix(wrapper) {
        part = String(part.dropFirst(wrapper.count).prefix { $0 != ")" })
    }
    let name = part.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" || $0 == "." }
    return String(name.prefix(80))
}

/// The variables that a template names.
func variables(in template: String) -> [String] {
    var names: [String] = []
    var rest = template[...]
    while let open = rest.firstIndex(of: "$") {
        let next = rest.index(after: open)
        guard next < rest.endIndex, rest[next] == "{", let close = rest[next...].firstIndex(of: "}") else {
            rest = rest[next...]
            continue
        }
        names.append(bareName(rest[rest.index(after: next)..<close]))
        rest = rest[close...]
    }
    return names
}

/// Reads expressions of texts: strings, names, calls, sums.
struct CodeExpressions {
    let tokens: [CodeToken]
    let values: CodeValues

    /// The text of the expression that begins at `index`, and the token behind it. At most 60 tokens are looked at.
    func text(at index: Int, depth: Int = 0) -> (text: String?, end: Int) {
        guard depth < 4 else { return (nil, index) }
        var position = index
        let bound = min(tokens.count, index + 60)
        var whole = ""
        var isText = false
        while position < bound {
            guard let part = term(at: position, bound, depth) else { break }
            whole += part.text
            isText = isText || part.isText
            position = part.end
            guard position < bound, tokens[position].isSign(0x2b), whole.utf8.count <= values.textBytes else {
                break
            }
            position += 1
        }
        return (isText ? whole : nil, position)
    }

    private func term(at start: Int, _ bound: Int, _ depth: Int) -> (text: String, isText: Bool, end: Int)? {
        var index = start
        while index < bound, let name = tokens[index].name, skipped.contains(name) { index += 1 }
        guard index < bound else { return nil }
        if let string = tokens[index].string { return (values.resolved(string), true, index + 1) }
        guard var name = tokens[index].name else { return nil }
        index += 1
        while index + 1 < bound, tokens[index].isSign(0x2e), let member = tokens[index + 1].name {
            name += "." + member
            index += 2
        }
        if index < bound, tokens[index].isSign(0x28) { return call(name, at: index, bound, depth) }
        if let known = values.text(of: name) { return (known, true, index) }
        return ("${\(name)}", true, index)
    }

    /// A call: wrappers give what they wrap, a format its arguments, another one its name.
    private func call(_ name: String, at open: Int, _ bound: Int, _ depth: Int) -> (
        text: String, isText: Bool, end: Int
    )? {
        let close = closing(open, bound)
        let last = name.split(separator: ".").last.map(String.init) ?? name
        if wrappers.contains(last), open + 1 < close {
            let inner = text(at: open + 1, depth: depth + 1)
            return (inner.text ?? "${\(name)}", true, close + 1)
        }
        if last == "Sprintf" || last == "format", open + 1 < close, let form = tokens[open + 1].string {
            var filled = ""
            var next = open + 2
            var rest = form[...]
            while let percent = rest.firstIndex(of: "%"), rest.index(after: percent) < rest.endIndex {
                filled += rest[..<percent]
                rest = rest[rest.index(percent, offsetBy: 2)...]
                var part = "${?}"
                if next < close, tokens[next].isSign(0x2c) {
                    let argument = text(at: next + 1, depth: depth + 1)
                    part = argument.text ?? part
                    next = argument.end
                }
                filled += part
            }
            return (filled + rest, true, close + 1)
        }
        return ("${\(name)()}", true, close + 1)
    }

    /// The index of the bracket that closes the one at `open`, or the bound.
    func closing(_ open: Int, _ bound: Int) -> Int {
        var depth = 0
        var index = open
        while index < bound {
            if case .sign(let byte) = tokens[index].kind {
                switch byte {
                case 0x28, 0x5b, 0x7b: depth += 1
                case 0x29, 0x5d, 0x7d:
                    depth -= 1
                    if depth == 0 { return index }
                default: break
                }
            }
            index += 1
        }
        return bound
    }
}

private let skipped: Set<String> = ["await", "new", "return"]

private let wrappers: Set<String> = [
    "encodeURIComponent", "encodeURI", "quote", "String", "str", "URL", "Uri", "URI", "create", "parse",
    "QueryEscape",
    "trim", "toString",
]
