import Case
import Wire

/// What code shows of a handshake, as sentences for the report.
func facts(of dials: [Dial], _ code: CodeDials, _ tokens: [CodeToken], _ document: TextDocument)
    -> [ReportedFact]
{
    var facts: [ReportedFact] = []
    for dial in dials where facts.count < 400 { describe(dial, document, &facts) }
    var again = code.dials.indices.filter { code.dials[$0].isReconnect }.map {
        (dial: $0, offset: code.dials[$0].offset)
    }
    again += code.scopes.reconnecting()
    guard !again.isEmpty else { return facts }
    let uses = CodeUses(tokens)
    for call in again.prefix(8) {
        describeReconnect(
            code.dials[call.dial], at: call.offset, scope: code.scopes.beginnings[call.dial], code, uses,
            document, &facts)
    }
    return facts
}

private func describe(_ dial: Dial, _ document: TextDocument, _ facts: inout [ReportedFact]) {
    let place = document.place(dial.offset)
    facts.append(
        ReportedFact(
            .dials, "The code dials \(dial.url ?? "a URL that is not told").",
            names: [dial.url ?? "", dial.client ?? ""], place: place))
    for field in dial.fields {
        let variable = variables(in: field.value).first ?? ""
        if credentialFields.contains(field.name.lowercased()) {
            let scheme = field.value.split(separator: " ").first.map(String.init) ?? ""
            let how = field.value.contains(" ") && !scheme.contains("$") ? ", scheme \(scheme)" : ""
            facts.append(
                ReportedFact(
                    .sendsCredential, "The code puts a credential in the header field \(field.name)\(how).",
                    names: ["header", field.name, variable], place: place))
        } else {
            facts.append(
                ReportedFact(
                    .setsField, "The code sets the header field \(field.name).", names: [field.name],
                    place: place))
        }
    }
    if let url = dial.url, let question = url.firstIndex(of: "?") {
        for pair in url[url.index(after: question)...].split(separator: "&").prefix(16) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let name = parts.first, isCredentialName(name.lowercased()) else {
                continue
            }
            facts.append(
                ReportedFact(
                    .sendsCredential, "The code puts a credential in the query parameter \(name).",
                    names: ["query", String(name), variables(in: String(parts[1])).first ?? ""], place: place)
            )
        }
    }
    guard !dial.subprotocols.isEmpty else { return }
    let literal = dial.subprotocols.filter { !$0.contains("${") && $0.utf8.count < 60 }
    facts.append(
        ReportedFact(
            .offersSubprotocols,
            "The code offers \(counted(dial.subprotocols.count, "subprotocol"))"
                + (literal.isEmpty ? "." : ": \(literal.joined(separator: ", "))."), names: literal,
            place: place))
    for name in dial.subprotocols.flatMap(variables) {
        facts.append(
            ReportedFact(
                .sendsCredential, "The code offers the variable \(name) as a subprotocol.",
                names: ["subprotocol", literal.first ?? "", name], place: place))
    }
}

/// What a reconnect uses: a variable that nothing assigns, or one that was assigned before the first attempt.
private func describeReconnect(
    _ dial: Dial, at offset: Int, scope: Int?, _ code: CodeDials, _ uses: CodeUses, _ document: TextDocument,
    _ facts: inout [ReportedFact]
) {
    let place = document.place(offset)
    facts.append(
        ReportedFact(
            .reconnects, "The code dials again after a close or an error.", names: [dial.url ?? ""],
            place: place))
    var used = variables(in: dial.url ?? "")
    for field in dial.fields { used += variables(in: field.value) }
    used += dial.subprotocols.flatMap(variables)
    for name in used where !name.contains(".") && !name.contains("?") {
        let assigned = code.values.variables[name]?.offsets ?? []
        if assigned.isEmpty {
            guard !uses.parameters.contains(name) else { continue }
            facts.append(
                ReportedFact(
                    .usedNeverAssigned,
                    "The reconnect uses \(name), which nothing in the pasted code assigns.", names: [name],
                    place: place))
        } else if let scope, assigned.allSatisfy({ $0 < scope }) {
            let line = document.lineIndex(of: assigned[0]) + 1
            facts.append(
                ReportedFact(
                    .staleCapture,
                    "The reconnect uses \(name), which was assigned once, in line \(line), before the first attempt.",
                    names: [name], place: place))
        }
    }
    for (name, variable) in code.values.variables.sorted(by: { $0.key < $1.key })
    where isCredentialName(name.lowercased()) && !used.contains(name) {
        guard let scope, let first = variable.offsets.first, scope < first, uses.counts[name] == 1 else {
            continue
        }
        facts.append(
            ReportedFact(
                .assignedNeverUsed, "The handler assigns \(name) and never uses it.", names: [name],
                place: document.place(first)))
    }
}

private let credentialFields: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token",
    "x-access-token",
]

private func isCredentialName(_ name: String) -> Bool {
    ["token", "jwt", "auth", "secret", "key", "password", "ticket", "sig"].contains { name.contains($0) }
}

/// How often names stand in code, and which are parameters: `(name) =>`, `function f(name) {`.
private struct CodeUses {
    var counts: [String: Int] = [:]
    var parameters: Set<String> = []

    init(_ tokens: [CodeToken]) {
        for (index, token) in tokens.enumerated() {
            if let name = token.name { counts[name, default: 0] += 1 }
            if let string = token.string {
                for name in variables(in: string) { counts[name, default: 0] += 1 }
            }
            guard token.isSign(0x29), index + 1 < tokens.count,
                tokens[index + 1].isSign(0x3e) || tokens[index + 1].isSign(0x7b)
            else { continue }
            for back in tokens[max(0, index - 16)..<index].reversed() {
                if back.isSign(0x28) { break }
                if let name = back.name { parameters.insert(name) }
            }
        }
    }
}
