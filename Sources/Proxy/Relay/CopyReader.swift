import Case
import Diagnosis
import Dissect
import Wire

/// The copies of many connections in one case, so that a token handed out on one explains the refusal on another.
///
/// Bounded: when the case is large, new connections go into a new one (`isFull`), and this one is let go when its last
/// connection ends. What was handed out before the change is then not remembered, and the case says so.
final class CopyReader {
    var door: OrderedDoor
    /// Connections that are read here and are open.
    var openCount = 0
    /// Bytes that were read.
    var bytes = 0
    /// Whether it was let go before its last connection ended: what comes is not read any more.
    private(set) var isRetired = false
    private let options: ProxyOptions
    private let isFirst: Bool
    /// The run's numbers of attempts, by connection, in the order of the connection.
    private var numbers: [Int: [Int]] = [:]
    /// What was changed, by connection.
    private var changes: [Int: [String]] = [:]
    private let inputName: String?
    private let nextNumber: () -> Int

    init(_ options: ProxyOptions, isFirst: Bool, inputName: String?, nextNumber: @escaping () -> Int) {
        self.options = options
        self.isFirst = isFirst
        self.inputName = inputName
        self.nextNumber = nextNumber
        door = OrderedDoor(limits: options.limits)
    }

    /// Whether new connections belong into a new case.
    var isFull: Bool {
        let size = door.size
        return options.limits.attempts / 2 <= size.attempts || options.limits.exchanges / 2 <= size.exchanges
    }

    /// Lets go of everything. Connections that are still open are relayed on, unread.
    func retire() {
        isRetired = true
        door = OrderedDoor(limits: options.limits)
        numbers = [:]
        changes = [:]
    }

    func note(change: String, on stream: Int) {
        if changes.count < options.limits.attempts { changes[stream, default: []].append(change) }
    }

    /// Takes the number that the run gave to the next attempt of a connection.
    func number(_ number: Int, on stream: Int) {
        if numbers[stream, default: []].count < options.limits.attempts {
            numbers[stream, default: []].append(number)
        }
    }

    /// Judges an attempt by the door's number for it and its place among those of its connection. A healthy one is alone in its case; whatever is wrong with another is
    /// looked for in all that is known.
    func judge(
        _ attempt: Int, stream: Int, place: Int, frames: Int?, at time: Timestamp
    ) -> (file: CaseFile, index: Int, judgement: Judgement) {
        let inputs = [
            Input(
                name: inputName ?? "live", kind: inputName == nil ? "live" : "pcapng", bytes: bytes,
                packets: frames)
        ]
        var alone = door.attempt(attempt, inputs: inputs)
        alone.attempts[0].id = numbers[stream].flatMap { place < $0.count ? $0[place] : nil } ?? 0
        alone.endedAt = time
        tellChanges(in: &alone, of: stream)
        let judgement = judge(alone, 0)
        guard judgement.verdict != nil || alone.attempts[0].outcome != .opened else {
            return (alone, 0, judgement)
        }
        var all = door.snapshot(inputs: inputs, endedAt: time)
        renumber(&all)
        tellChanges(in: &all, of: stream)
        var left = place
        for (index, attempt) in all.attempts.enumerated() where attempt.connection.stream == stream {
            if left == 0 { return (all, index, judge(all, index)) }
            left -= 1
        }
        return (alone, 0, judgement)
    }

    private func judge(_ file: CaseFile, _ index: Int) -> Judgement {
        var judging = options.judging
        judging.now = judging.now ?? file.endedAt
        return Diagnosis.judge(file, at: index, options: judging)
    }

    /// Gives attempts the run's numbers, whatever order they are known in.
    private func renumber(_ file: inout CaseFile) {
        var next: [Int: Int] = [:]
        for index in file.attempts.indices {
            let stream = file.attempts[index].connection.stream
            let place = next[stream, default: 0]
            next[stream] = place + 1
            if numbers[stream, default: []].count <= place {
                numbers[stream, default: []].append(nextNumber())
            }
            file.attempts[index].id = numbers[stream, default: []][place]
        }
    }

    private func tellChanges(in file: inout CaseFile, of stream: Int) {
        for change in changes[stream] ?? [] {
            file.limits.append(.changedOnTheWay(change))
        }
        if !isFirst {
            file.limits.append(
                Limit(
                    kind: .boundReached,
                    text:
                        "The run is long: attempts and token answers from before its present part are not compared."
                ))
        }
    }
}
