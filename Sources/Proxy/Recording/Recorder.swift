import Capture
import Case
import Diagnosis
package import Wire

/// Writes what is relayed as a capture: the connections as their clients saw them, in the clear.
///
/// Shape: packets are numbered as they are told of, which is their order in the file. What cannot be kept up with is
/// left out and said so beside the next packet of the connection.
package final class Recorder: RelayRecorder {
    /// A connection that is being recorded.
    private struct Recorded {
        var stream: SyntheticStream
        var isDecrypted: Bool
        var hasEnded = PerSide(client: false, server: false)
        /// Bytes that were not written since the last packet.
        var missing = PerSide(client: 0, server: 0)
        /// What is to stand beside the next packet.
        var remarks: [String] = []
        /// How many of the proxy's changes stand in the recording.
        var toldChanges = 0
    }

    /// The name of the file without its folder.
    package let inputName: String
    /// The number of the last packet.
    package private(set) var frameNumber = 0
    /// Bytes that are not in the recording.
    package private(set) var bytesLeftOut = 0
    /// Takes words for the user when recording ends too soon.
    package var onTrouble: (String) -> Void = { _ in }

    /// Whether tunnels are tapped: their packets wait a moment for their keys, which have to stand before them.
    package var expectsKeys = false

    private let queue: RecordingQueue
    private let file: RecordingFile
    private var connections: [Int: Recorded] = [:]
    /// Whether it was said that recording cannot keep up.
    private var hasToldOfGap = false

    /// Begins a recording.
    ///
    /// Throws: when the file cannot be written.
    package init(path: String, application: String, limits: Limits = .standard) throws(AuthorityError) {
        inputName = path.split(separator: "/").last.map(String.init) ?? path
        queue = RecordingQueue(most: limits.recordingBytes)
        file = try RecordingFile(path, queue)
        queue.add(frame: nil) { $0.begin(application: application) }
        queue.endTurn()
    }

    /// Takes an event of a connection.
    package func take(_ event: RelayEvent, on id: Int, at time: Timestamp) {
        switch event {
        case .opened(let connection): open(connection, at: time)
        case .updated(let connection):
            connections[id]?.isDecrypted = connection.isClientSecure
            let told = connections[id]?.toldChanges ?? 0
            for change in connection.changes.dropFirst(told) {
                remark("\(RecordingComment.changed)\(change)", on: id)
            }
            connections[id]?.toldChanges = connection.changes.count
            if expectsKeys, connection.isTunnelled { queue.wait(for: id) }
        case .ended(let side, let end): finish(side, end, on: id, at: time)
        case .closed(let ending): close(ending, on: id, at: time)
        case .attempt(let news): take(news, on: id)
        case .handshakeFailed(let side, _, let why):
            remark("TLS with the \(side == .client ? "client" : "server") failed: \(why)", on: id)
        case .unreachable(let why): remark(why, on: id)
        case .refusedByProxy(let status, let why):
            remark("refused by the proxy itself, \(status): \(why)", on: id)
        case .note(let text): remark(text, on: id)
        }
    }

    /// Takes bytes of one side.
    package func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) {
        guard connections[id] != nil else { return }
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + SyntheticStream.longestPayload)
            if queue.hasRoom {
                write(
                    [.push, .acknowledge], from: side, payload: bytes.extracting(start..<end), on: id,
                    at: time)
            } else {
                connections[id]?.stream.skip(end - start, from: side)
                connections[id]?.missing[side] += end - start
                bytesLeftOut += end - start
            }
            start = end
        }
    }

    /// Writes keys as a Decryption Secrets Block, before the packets that still wait.
    package func take(keys: [UInt8], on id: Int) {
        queue.addKeys(keys)
        queue.release(id)
    }

    /// What was gathered may be written.
    package func turnEnded(at time: Timestamp) {
        queue.endTurn()
        if let reason = queue.takeFailure() { onTrouble("recording ended: \(reason)") }
        if 0 < bytesLeftOut, !hasToldOfGap {
            hasToldOfGap = true
            onTrouble("the recording cannot keep up; what is left out is marked in it")
        }
    }

    /// Writes what is left, and waits until it is written.
    package func finish(at time: Timestamp) {
        for id in connections.keys.sorted() { flushRemarks(on: id, at: time) }
        queue.finish()
        file.join()
        if let reason = queue.takeFailure() { onTrouble("recording ended: \(reason)") }
    }
}

// MARK: - Packets

extension Recorder {
    private func open(_ connection: RelayedConnection, at time: Timestamp) {
        connections[connection.id] = Recorded(
            stream: SyntheticStream(
                client: connection.client, server: connection.listener, id: connection.id),
            isDecrypted: connection.isClientSecure)
        let none = Span<UInt8>()
        write(.synchronize, from: .client, payload: none, on: connection.id, at: time)
        write([.synchronize, .acknowledge], from: .server, payload: none, on: connection.id, at: time)
        write(.acknowledge, from: .client, payload: none, on: connection.id, at: time)
    }

    private func finish(_ side: Side, _ end: StreamEnd, on id: Int, at time: Timestamp) {
        guard connections[id]?.hasEnded[side] == false else { return }
        connections[id]?.hasEnded[side] = true
        if end == .finishedWithoutCloseNotify {
            remark("TCP was ended without TLS's close_notify: the end may be somebody else's", on: id)
        }
        let flags: SyntheticStream.Flags = end == .reset ? [.reset, .acknowledge] : [.finish, .acknowledge]
        write(flags, from: side, payload: Span<UInt8>(), on: id, at: time)
    }

    private func close(_ ending: Connection.Ending, on id: Int, at time: Timestamp) {
        if case .reset(let side) = ending { finish(side, .reset, on: id, at: time) }
        flushRemarks(on: id, at: time)
        queue.release(id)
        connections[id] = nil
    }

    /// A packet without payload, for what has to be said and has no other packet to stand beside.
    private func flushRemarks(on id: Int, at time: Timestamp) {
        guard let known = connections[id] else { return }
        guard !known.remarks.isEmpty || 0 < known.missing.client || 0 < known.missing.server else { return }
        write(.acknowledge, from: .client, payload: Span<UInt8>(), on: id, at: time)
    }

    private func write(
        _ flags: SyntheticStream.Flags, from side: Side, payload: Span<UInt8>, on id: Int, at time: Timestamp
    ) {
        guard var known = connections.removeValue(forKey: id) else { return }
        var comments = known.remarks
        for side in Side.allCases where 0 < known.missing[side] {
            let who = side == .client ? "client" : "server"
            comments.append(
                "wsdiag: \(known.missing[side]) bytes of the \(who) before this are not recorded: "
                    + "writing could not keep up")
        }
        known.remarks = []
        known.missing = PerSide(client: 0, server: 0)
        frameNumber += 1
        queue.add(frame: frameNumber) { writing in
            writing.packet(interface: known.isDecrypted ? 1 : 0, at: time, comments: comments) { packet in
                known.stream.append(flags, from: side, payload: payload, to: &packet)
            }
        }
        connections[id] = known
    }
}

// MARK: - Comments

extension Recorder {
    private func remark(_ text: String, on id: Int) {
        // A server that fails for ever must not fill the memory with remarks.
        guard let count = connections[id]?.remarks.count, count < 16 else { return }
        connections[id]?.remarks.append(text.hasPrefix("wsdiag") ? text : "wsdiag: " + text)
    }

    private func take(_ news: AttemptNews, on id: Int) {
        guard news.stage != .asked else { return queue.wait(for: id) }
        queue.release(id)
        guard let judgement = news.judgement, let verdict = judgement.verdict, let attempt = news.attempt
        else { return }
        let place = attempt.session?.closes.first?.place ?? attempt.response?.place ?? attempt.request?.place
        let name = verdict.cause ?? "undetermined"
        put("wsdiag \(verdict.certainty.rawValue) \(name): \(verdict.summary)", at: place, on: id)
        for statement in judgement.candidates.first?.evidenceFor.prefix(4) ?? [] {
            for place in statement.places.prefix(2) {
                put("wsdiag evidence: " + statement.text, at: place, on: id)
            }
        }
    }

    /// Beside the packet of the place, or beside the next one where that is written already.
    private func put(_ text: String, at place: Place?, on id: Int) {
        guard let place, case .frame(let frame, let stream) = place.position else {
            return remark(text, on: id)
        }
        if queue.comment(text, onFrame: frame) { return }
        if stream == id, 0 < frame { remark("of frame \(frame): " + text, on: id) }
    }
}
