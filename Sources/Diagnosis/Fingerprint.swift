import Case

/// How the refusals of one piece of software or service look on the wire.
package struct Fingerprint: Sendable, Equatable {
    /// One field of the answer.
    package struct Field: Sendable, Equatable {
        /// Its name, lower case.
        package var name: String
        /// A pattern of its value; nil asks only that the field is there.
        package var value: String?
        /// Whether the field must be absent instead.
        package var isAbsent: Bool
    }

    /// What the body is.
    package enum BodyTest: Sendable, Equatable {
        /// Anything.
        case any
        /// Nothing.
        case empty
        /// Exactly one of these texts, white space at the end aside.
        case oneOf([String])
        /// A text that begins like one of these.
        case prefix([String])
        /// A text that holds one of these.
        case contains([String])
    }

    /// The name to show: "the … server".
    package var name: String
    /// Statuses; empty is any refusal.
    package var statuses: [Int]
    /// A pattern of the reason phrase, or nil.
    package var reason: String?
    /// Fields that must be there or not.
    package var fields: [Field]
    /// Names that must stand in this order, lower case.
    package var order: [String]
    /// What the body must be.
    package var body: BodyTest
    /// How sure a match makes.
    package var certainty: Certainty
    /// What its refusals can mean, one sentence.
    package var meaning: String
    /// The slug that this refusal states by itself, or nil.
    package var states: String?
    /// The slug that this refusal points to, or nil.
    package var suggests: String?
    /// How well it is founded.
    package var basis: Profiles.Basis
    /// Where it was read.
    package var source: String

    /// Whether an answer looks like this. A body that was not seen whole fits no test but `any`, and of fields of which
    /// some may be missing none is known to be absent.
    func fits(_ response: Message, body text: String?, fieldsAreWhole: Bool) -> Bool {
        let head = response.head
        guard let status = head.status, statuses.isEmpty || statuses.contains(status) else { return false }
        if let reason, !matches(head.reasonPhrase ?? "", pattern: reason) { return false }
        for field in fields {
            let values = head.fieldLines.filter { head.isNamed($0, field.name) }.map(head.value)
            if field.isAbsent != values.isEmpty || field.isAbsent && !fieldsAreWhole { return false }
            if let pattern = field.value, !values.contains(where: { matches($0, pattern: pattern) }) {
                return false
            }
        }
        if !order.isEmpty {
            let names = head.fieldLines.map { head.name($0).lowercased() }.filter(order.contains)
            if names != order { return false }
        }
        switch body {
        case .any: return true
        case .empty: return response.body.completeness == .complete && response.body.length == 0
        case .oneOf(let texts): return text.map { texts.contains($0) } ?? false
        case .prefix(let texts): return text.map { said in texts.contains { said.hasPrefix($0) } } ?? false
        case .contains(let texts):
            guard let text else { return false }
            let said = Array(text.utf8)
            return texts.contains { Diagnosis.contains(said, Array($0.utf8)) }
        }
    }
}

extension Profiles {
    /// The fingerprint that an answer fits, the most telling one.
    func fingerprint(of response: Message, fieldsAreWhole: Bool) -> Fingerprint? {
        let text =
            response.body.completeness == .complete && !response.body.bytes.isEmpty
            ? trimmedEnd(response.body.text) : nil
        return fingerprints.first { $0.fits(response, body: text, fieldsAreWhole: fieldsAreWhole) }
    }
}

/// Who produced a refusal, and how sure that is (knowledge: "Who refused?").
func identifyResponder(
    of attempt: Attempt, _ symptoms: Symptoms, _ fingerprint: Fingerprint?, in file: CaseFile
) -> Responder {
    guard symptoms.contains(.refused), let response = attempt.response else {
        let text =
            symptoms.contains(.failed)
            ? "no answer came that could name it" : "a socket does not name its software"
        return Responder(name: "unidentified", certainty: nil, because: Statement(text))
    }
    if let part = attempt.answeredBy { return responder(part, fingerprint, in: file) }
    if let found = fingerprint {
        return Responder(
            name: found.name,
            // What is only said of a responder identifies it no better than likely.
            certainty: found.basis == .reported ? min(found.certainty, .likely) : found.certainty,
            because: Statement(found.recognisedBy, at: [response.place]), meaning: found.meaning)
    }
    if let server = response.head.first("server"), !server.isEmpty {
        return Responder(
            name: file.named(server), certainty: .possible,
            because: Statement("its Server field says so; nothing else identifies it", at: [response.place]))
    }
    guard !attempt.unseen.contains(.responseFields) else {
        return Responder(
            name: "unidentified", certainty: nil,
            because: Statement("the answer's header fields are not in the input", at: [response.place]))
    }
    let body = response.body.completeness == .complete && response.body.length == 0 ? ", an empty body" : ""
    return Responder(
        name: "unidentified", certainty: nil,
        because: Statement("no Server field\(body), and nothing known has this shape", at: [response.place]))
}

/// The part of the server side that a log names. A log is a witness: likely, never certain.
private func responder(_ part: AnsweredBy, _ fingerprint: Fingerprint?, in file: CaseFile) -> Responder {
    let said = part.words.isEmpty ? "" : ": \"\(file.masked(part.words))\""
    let shape = fingerprint.map { "; the answer has the shape of \($0.name)" } ?? ""
    return Responder(
        name: part.part.words, certainty: .likely,
        because: Statement("a log says so\(said)\(shape)", at: [part.place]),
        meaning: fingerprint?.meaning ?? part.part.meaning)
}

extension AnsweredBy.Part {
    /// What reports call it.
    fileprivate var words: String {
        switch self {
        case .firewall: "a firewall before the server"
        case .balancer: "the load balancer itself"
        case .gateway: "the gateway itself"
        case .authorizer: "the gateway's authorizer"
        case .integration: "what the gateway hands requests to"
        case .target: "the server behind the load balancer"
        }
    }

    /// What an answer of it means.
    fileprivate var meaning: String {
        switch self {
        case .firewall: "A rule of the firewall matched; neither gateway nor server saw the request."
        case .balancer: "No server behind it was asked, or none answered."
        case .gateway: "Neither its authorizer nor anything behind it refused."
        case .authorizer: "The caller was not let in; nothing behind the gateway saw the request."
        case .integration: "The caller was let in; what stands behind the gateway refused or failed."
        case .target:
            "The load balancer passed the answer on; the reason is to be found in that server's own log."
        }
    }
}

extension Fingerprint {
    /// What the match rests on, in words.
    var recognisedBy: String {
        var parts: [String] = []
        if let reason { parts.append("the reason phrase \"\(reason)\"") }
        for field in fields where !field.isAbsent {
            parts.append(field.value.map { "\(field.name): \($0)" } ?? "the field \(field.name)")
        }
        if !order.isEmpty { parts.append("the order of the fields") }
        switch body {
        case .any: break
        case .empty: parts.append("an empty body")
        case .oneOf, .prefix, .contains: parts.append("the text of the body")
        }
        return parts.joined(separator: ", ")
    }
}

private func trimmedEnd(_ text: String) -> String {
    var rest = text[...]
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
}
