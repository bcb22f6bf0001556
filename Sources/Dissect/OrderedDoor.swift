package import Case
import Credentials
import TLS
package import Wire

/// The door for bytes that are in order already: what a relay carries, or what a program logged of its own sockets.
///
/// Use: `open` a connection, `receive` what each side sends, `end` a side, `close` it; then `finish` for the case, or
/// `snapshot` for the case as it stands. After this door live and offline are the same code.
package struct OrderedDoor {
    private var context: DissectContext
    private var live: [Int: ConnectionDissector] = [:]
    private var nextID = 0

    /// A door without connections. `limits` are the bounds of every reader.
    package init(limits: Limits = .standard) {
        context = DissectContext(limits: limits, keys: KeyLog())
        // Numbers of attempts are asked for long after.
        context.builder.keepsNumbers = true
    }

    /// Reads a key log, for connections whose bytes are TLS records.
    package mutating func add(keyLog text: Span<UInt8>) { context.keys.add(text, limits: context.limits) }

    /// Begins a connection and answers its number.
    ///
    /// `isDecrypted` says that the bytes to come are what TLS carried: the dialect is then `wss` and `https`.
    package mutating func open(_ connection: Connection, isDecrypted: Bool = false) -> Int {
        let id = nextID
        nextID += 1
        var dissector = ConnectionDissector(connection)
        dissector.isDecrypted = isDecrypted
        live[id] = dissector
        context.builder.connectionCount += 1
        return id
    }

    /// Takes the fact that what comes next is what TLS carries, inside a tunnel or from the beginning.
    package mutating func beginPlaintext(_ id: Int) { live[id]?.isDecrypted = true }

    /// Takes the next bytes of one side. What the connection became is known at once (`snapshot`).
    package mutating func receive(
        _ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp?, place: Place
    ) {
        live[id]?.receive(bytes, from: side, at: time, place: place, &context)
    }

    /// Takes the fact that bytes of one side are missing; the readers resume at the next message they can find.
    package mutating func skip(bytes: Int, on id: Int, from side: Side) {
        live[id]?.connection.missingBytes += bytes
        live[id]?.skipped(bytes: bytes, from: side, &context)
    }

    /// Takes the fact that one side sends no more.
    package mutating func end(_ id: Int, _ side: Side, at time: Timestamp?, place: Place) {
        live[id]?.ended(side, at: time, place: place, &context)
    }

    /// Changes what is known of a connection's transport: its server's address, its TLS.
    package mutating func update(_ id: Int, _ change: (inout Connection) -> Void) {
        guard var dissector = live[id] else { return }
        change(&dissector.connection)
        live[id] = dissector
    }

    /// Ends a connection. Its number is not used again. Answers all its attempts, as numbers for `attempt`.
    @discardableResult
    package mutating func close(
        _ id: Int, _ ending: Connection.Ending, at time: Timestamp?, place: Place?
    ) -> [Int] {
        guard var dissector = live.removeValue(forKey: id) else { return [] }
        dissector.connection.ending = ending
        dissector.connection.endedAt = time
        dissector.connection.endedPlace = place
        dissector.finish(&context)
        return dissector.attempts
    }

    /// The attempts of an open connection so far, as numbers for `attempt`. Cheap: it may be asked after each piece
    /// of bytes.
    package func attempts(of id: Int) -> [Int] { live[id]?.attempts ?? [] }

    /// One attempt by the number that `attempts` or `close` gave, alone in a case with the tokens of all.
    package func attempt(_ number: Int, inputs: [Input]) -> CaseFile {
        var file = CaseFile()
        file.inputs = inputs
        file.tokens = context.builder.tokens.tokens
        if let attempt = context.builder.living[number] { file.attempts = [attempt] }
        file.connectionCount = 1
        return file
    }

    /// Attempts and exchanges that the case holds.
    package var size: (attempts: Int, exchanges: Int) {
        (context.builder.attemptCount, context.builder.exchanges.count)
    }

    /// The case as it stands, connections that are still open included. The door goes on.
    package func snapshot(inputs: [Input], endedAt: Timestamp?) -> CaseFile {
        var copy = self
        // What is open is told without being finished.
        for dissector in live.values { dissector.tellUnfinished(&copy.context) }
        return copy.context.builder.finish(inputs: inputs, endedAt: endedAt, keys: KeyLogFacts())
    }

    /// Everything that was seen, as one case. Nothing may be read after it.
    package mutating func finish(inputs: [Input], endedAt: Timestamp?) -> CaseFile {
        for id in live.keys.sorted() {
            live[id]?.finish(&context)
        }
        live = [:]
        return context.builder.finish(inputs: inputs, endedAt: endedAt, keys: KeyLogFacts())
    }
}

/// The address that a request asks a WebSocket of, credentials masked; nil when it asks for none.
///
/// Shape: as `CaseFile.url(of:showingSecrets:)` makes it.
package func upgradeURL(of head: MessageHead, on connection: Connection, isSecure: Bool) -> String? {
    guard RequestIntent(of: head) == .webSocket else { return nil }
    let place = Place.frame(0, stream: connection.stream, input: 0)
    var tokens = TokenTable(limits: .standard)
    let found = credentials(in: head, isUpgrade: true, place: place, tokens: &tokens, limits: .standard)
    var file = CaseFile()
    file.tokens = tokens.tokens
    let request = Message(head: head, body: .none, at: nil, firstByteAt: nil, place: place)
    let attempt = Attempt(
        id: 1, input: 0, connection: connection, startedAt: nil, basis: .observed, isSecure: isSecure,
        authority: authority(of: head, on: connection), request: request, response: nil,
        handshake: HandshakeCheck(), credentials: found, session: nil, outcome: .incomplete)
    return file.url(of: attempt, showingSecrets: false)
}
