import Case
import Credentials
import Report
import Testimony
import Wire

/// `wsdiag token`: a token as an argument, on standard input, in a file, or any input that holds some.
func token(_ invocation: Invocation) throws(Failure) -> ExitCode {
    guard let operands = try inputPaths(invocation) else { return .usage }
    let now = try moment(invocation)
    var file = CaseFile()
    var spellings: [Int: [Token.Defect]] = [:]
    var paths: [String] = []
    for operand in operands {
        if operand != "-", !fileExists(operand), operand.contains(".") || operand.hasPrefix("eyJ") {
            guard operand.hasPrefix("ey") else { throw .input(["\(operand) is neither a file nor a token"]) }
            if !invocation.has(.quiet) {
                invocation.surroundings.note(
                    "note: a token as an argument stays in the shell's history; a file or standard input does not\n"
                )
            }
            add(Array(operand.utf8), to: &file, &spellings)
        } else {
            paths.append(operand)
        }
    }
    var keySets: [InputSource] = []
    if !paths.isEmpty {
        var inputs = try Inputs(paths, invocation)
        keySets = inputs.keySets
        let texts = inputs.documents.filter { $0.format == .text }.map(\.source)
        inputs.documents.removeAll { $0.format == .text }
        let lone = inputs.tokens
        inputs.tokens = []
        if !inputs.captures.isEmpty || !inputs.documents.isEmpty {
            file = try readCase(inputs, invocation)
        } else if lone.isEmpty, texts.isEmpty {
            try requireEvidence(inputs)
        }
        for source in lone {
            add(try source.readWhole(limit: BufferSizes.document), to: &file, &spellings)
        }
        for source in texts { try addTokens(of: source, to: &file, &spellings) }
    }
    let keys = try verificationKeys(invocation, [.jwks, .key], beside: keySets)
    verify(&file, with: keys)
    let report = Report(version: Program.version, file: file, judgements: [], options: appearance(invocation))
    let skew = invocation.number(.skew) ?? 60
    let notes: (Token) -> [TokenNote] = { token in
        // The lifetime is told in sentences of its own.
        lint(token, spelling: spellings[token.id] ?? [], now: nil).map {
            TokenNote(level: $0.level.rawValue, text: $0.text, advice: $0.advice)
        }
    }
    let output = try OutputFile(invocation)
    switch outputFormat(invocation, ["text", "json"]) {
    case "json":
        var json = tokenJSON(report, at: now, skewSeconds: skew, notes: notes)
        try output.flush(&json)
    default: try output.write(tokenText(report, at: now, skewSeconds: skew, notes: notes))
    }
    return .nothingWrong
}

/// Puts a pasted token into the case; what was around it is remembered as defects of its spelling.
private func add(_ bytes: [UInt8], to file: inout CaseFile, _ spellings: inout [Int: [Token.Defect]]) {
    let reading = TokenReading(bytes.span)
    guard !file.tokens.contains(where: { $0.secret == reading.token.secret }) else { return }
    var token = reading.token
    token.id = file.tokens.count + 1
    spellings[token.id] = reading.spelling
    file.tokens.append(token)
}

/// The tokens of a text; where none is recognised, the text itself is taken for one.
private func addTokens(
    of source: InputSource, to file: inout CaseFile, _ spellings: inout [Int: [Token.Defect]]
) throws(Failure) {
    let bytes = try source.readWhole(limit: BufferSizes.document)
    var reader = DocumentFormat.text.reader(named: source.name)
    var found: [Token] = []
    do throws(DocumentError) {
        try reader.receive(bytes.span)
        found = try reader.finish().tokens
    } catch {
        found = []
    }
    guard !found.isEmpty else { return add(bytes, to: &file, &spellings) }
    for token in found { file.attach(token) }
}

/// Keys from the files that these options name, and from the key sets among the inputs.
func verificationKeys(
    _ invocation: Invocation, _ options: [OptionSpec], beside inputs: [InputSource] = []
) throws(Failure) -> VerificationKeys {
    var keys = VerificationKeys()
    var sources = inputs
    for path in options.flatMap({ invocation.all($0) }) { sources.append(try InputSource(path)) }
    for source in sources {
        let path = source.title
        let document = try source.readWhole(limit: BufferSizes.document)
        do throws(VerificationKeys.Problem) {
            keys.entries += try VerificationKeys(reading: document.span).entries
        } catch {
            throw .input([
                "\(path) gives no key: \(words(error))",
                "A JSON Web Key Set, a JSON Web Key, PEM or a shared secret is wanted",
            ])
        }
    }
    return keys
}

private func words(_ problem: VerificationKeys.Problem) -> String {
    switch problem {
    case .notJSON: "it begins like JSON and is none"
    case .noUsableKey: "there is no key in it that signatures can be checked with"
    case .noKeyInPEM: "there is no key in the PEM"
    case .empty: "it is empty"
    }
}

/// Checks the signature of every token, where keys were given.
func verify(_ file: inout CaseFile, with keys: VerificationKeys) {
    guard !keys.entries.isEmpty else { return }
    for index in file.tokens.indices {
        file.tokens[index].verification = verification(of: file.tokens[index], with: keys)
    }
}
