import Capture
import Case
import Credentials
import Dissect
import Testimony
import Wire

/// The inputs of one command, open and recognised.
struct Inputs {
    var captures: [InputSource] = []
    var keyLogs: [InputSource] = []
    /// Exports, logs and texts, each with its format.
    var documents: [(source: InputSource, format: DocumentFormat)] = []
    /// Files that hold a bare token.
    var tokens: [InputSource] = []
    /// Key sets to verify signatures with.
    var keySets: [InputSource] = []

    /// Opens everything before anything is read, so that a wrong name costs no waiting.
    init(_ paths: [String], _ invocation: Invocation) throws(Failure) {
        guard paths.filter({ $0 == "-" }).count < 2 else {
            throw .usage("standard input (-) can be read once, and is given twice", hint: nil)
        }
        for path in paths {
            let source = try InputSource(path)
            switch source.kind {
            case .capture: captures.append(source)
            case .keyLog: keyLogs.append(source)
            case .token: tokens.append(source)
            case .keySet: keySets.append(source)
            case .document(let format): documents.append((source, format))
            case .empty: throw .input(["\(source.title) is empty"])
            case .notRead(let what, let advice): throw .input(["\(source.title) is \(what)", advice])
            case .unknown(let sight):
                throw .input([
                    "\(source.title) is nothing that is known: it \(sight)",
                    "Captures, key logs, HAR, net-export, flows, logs and text are read. See 'wsdiag help formats'",
                ])
            }
        }
        putInOrderOfTime()
        try addKeyLogs(invocation)
    }

    /// Captures are one timeline, whatever order they were given in: a shell lists `part10` before `part2`. One that
    /// tells no time stays where it was given.
    private mutating func putInOrderOfTime() {
        guard 1 < captures.count else { return }
        let dated = captures.enumerated().compactMap { offset, source in
            source.firstPacketTime().map { (at: $0, offset: offset, source: source) }
        }
        guard dated.count == captures.count else { return }
        captures = dated.sorted { ($0.at, $0.offset) < ($1.at, $1.offset) }.map(\.source)
    }

    private mutating func addKeyLogs(_ invocation: Invocation) throws(Failure) {
        for path in invocation.all(.keys) {
            let source = try InputSource(path)
            guard source.kind == .keyLog || source.kind == .empty else {
                throw .input([
                    "\(path) is no TLS key log", "it should have lines that begin with CLIENT_RANDOM",
                ])
            }
            keyLogs.append(source)
        }
        // A key log that the environment names may not be there yet: that is no error of this command.
        if let path = invocation.surroundings.environment["SSLKEYLOGFILE"], !path.isEmpty,
            !keyLogs.contains(where: { $0.path == path }), let source = try? InputSource(path),
            source.kind == .keyLog
        {
            keyLogs.append(source)
        }
    }
}

/// Reads every input into one case: key logs first, then captures, forward only. Large files are read by two threads,
/// each of which dissects its share of the streams; the case is the same.
func readCase(
    _ inputs: Inputs, _ invocation: Invocation, keepsFramesOfStream stream: Int? = nil
) throws(Failure) -> CaseFile {
    let isShared = stream == nil && inputs.deserveTwoReaders
    let other = isShared ? SecondReader(inputs, invocation) : nil
    var reading = try ShardReading(
        inputs, invocation, keepsFramesOfStream: stream, shard: 0, of: isShared ? 2 : 1)
    if let other { reading.pipeline.absorb(try other.join().pipeline) }
    var file = reading.pipeline.finish()
    file.limits += reading.limits
    if !inputs.documents.isEmpty {
        var cases = file.inputs.isEmpty ? [] : [file]
        for document in inputs.documents { cases.append(try readDocument(document.source, document.format)) }
        file = merged(cases)
    }
    for source in inputs.tokens {
        let bytes = try source.readWhole(limit: BufferSizes.document)
        file.attach(TokenReading(bytes.span).token)
    }
    let globs = invocation.all(.host)
    if !globs.isEmpty {
        file.attempts.removeAll { attempt in !globs.contains { isMeant(attempt.authority, by: $0) } }
    }
    return file
}

/// Everything that one reader of the inputs has seen.
struct ShardReading {
    var pipeline: Pipeline
    /// Damage of the files and of the filter, in words.
    var limits: [Limit] = []

    /// Reads all of the inputs and dissects one share of their streams.
    init(
        _ inputs: Inputs, _ invocation: Invocation, keepsFramesOfStream stream: Int? = nil, shard: Int,
        of shards: Int
    ) throws(Failure) {
        let filtering = try PacketFiltering(invocation)
        var filter: Pipeline.PacketFilter?
        if let filtering { filter = { filtering.accepts($0, $1, $2) } }
        pipeline = Pipeline(
            seed: UInt64.random(in: 0...UInt64.max), filter: filter, keepsFramesOfStream: stream,
            shard: shard, of: shards, shelf: TemporaryShelf())
        for source in inputs.keyLogs {
            try pipeline.add(keyLog: source)
            pipeline.list(Input(name: source.name, kind: "keylog", bytes: source.bytesRead))
        }
        for source in inputs.captures {
            try read(source, into: &pipeline, invocation, showsProgress: shard == 0)
            guard let damage = source.damage else { continue }
            limits.append(
                Limit(kind: .inputCutShort, text: "\(source.name): \(damage). Everything before it was read.")
            )
        }
        limits += filtering?.limits ?? []
    }
}

extension Pipeline {
    /// Reads a key log in pieces, each up to a line's end; a line longer than a piece is cut.
    fileprivate mutating func add(keyLog source: InputSource) throws(Failure) {
        var rest: [UInt8] = []
        begin(keyLog: source.name)
        try source.read { piece throws(Failure) in
            var lines = piece.count
            while 0 < lines, piece[lines - 1] != 0x0a { lines -= 1 }
            if rest.isEmpty {
                add(keyLogLines: piece.extracting(0..<lines))
            } else if 0 < lines || BufferSizes.read < rest.count {
                rest.append(piece.extracting(0..<lines))
                add(keyLogLines: rest.span)
                rest.removeAll(keepingCapacity: true)
            }
            rest.append(piece.extracting(lines..<piece.count))
        }
        add(keyLogLines: rest.span)
    }
}

/// One capture. Damage ends this file and nothing else.
private func read(
    _ source: InputSource, into pipeline: inout Pipeline, _ invocation: Invocation, showsProgress: Bool
) throws(Failure) {
    var progress = Progress(source, invocation, isWanted: showsProgress)
    var buffer = CaptureBuffer()
    var damage: CaptureError?
    pipeline.begin(source.name)
    defer { progress.clear() }
    try source.read { piece throws(Failure) in
        guard damage == nil else { return }
        do throws(CaptureError) {
            try buffer.feed(piece) { bytes throws(CaptureError) in try pipeline.scan(bytes, isLast: false) }
        } catch {
            damage = error
        }
        progress.show()
    }
    if damage == nil {
        do throws(CaptureError) {
            try buffer.finish { bytes throws(CaptureError) in try pipeline.scan(bytes, isLast: true) }
        } catch {
            damage = error
        }
    }
    pipeline.end(bytes: source.bytesRead, damage: damage)
}

/// Whether an authority is meant by a pattern; a port may be left out.
func isMeant(_ authority: String, by glob: String) -> Bool {
    if matches(authority, glob: glob) { return true }
    guard let colon = authority.lastIndex(of: ":") else { return false }
    return matches(authority[..<colon], glob: glob)
}

/// A line on standard error that says how far a long file is read; on a terminal only.
private struct Progress {
    private static let step = 32 << 20
    private let source: InputSource
    private let isShown: Bool
    private let note: @Sendable (String) -> Void
    private var next = Progress.step

    init(_ source: InputSource, _ invocation: Invocation, isWanted: Bool) {
        self.source = source
        note = invocation.surroundings.note
        isShown = isWanted && invocation.surroundings.errorIsTerminal && !invocation.has(.quiet)
    }

    mutating func show() {
        guard isShown, next <= source.bytesRead else { return }
        next = source.bytesRead + Progress.step
        let done = "\(source.bytesRead >> 20) MiB"
        let part = source.size.map { 0 < $0 ? " (\(source.bytesRead * 100 / $0) %)" : "" } ?? ""
        note("\r\(source.name): \(done)\(part)\u{1b}[K")
    }

    func clear() { if isShown, Progress.step < next { note("\r\u{1b}[K") } }
}
