package import Case
import Wire

/// A case with a part of its evidence gone.
package struct Deletion {
    /// What is gone.
    package var name: String
    /// What is left.
    package var file: CaseFile
}

/// Every way to take one part of a case away, as long as it says that it is not there: a fact that was not captured
/// is unknown, and never absent.
package func deletions(of file: CaseFile) -> [Deletion] {
    var all: [Deletion] = []
    func add(_ name: String, _ change: (inout CaseFile) -> Void) {
        var less = file
        change(&less)
        if less != file { all.append(Deletion(name: name, file: less)) }
    }
    for index in file.exchanges.indices {
        let name = "exchange \(index + 1)"
        add("\(name)") { $0.exchanges.remove(at: index) }
        add("\(name)'s answer") {
            $0.exchanges[index].response = nil
            $0.exchanges[index].minted = []
        }
        add("\(name)'s body") {
            $0.exchanges[index].response?.body = .unseen
            $0.exchanges[index].minted = []
        }
        for minted in file.exchanges[index].minted.indices {
            add("what \(name) handed out as number \(minted)") {
                $0.exchanges[index].minted.remove(at: minted)
            }
        }
        for sent in file.exchanges[index].credentials.indices {
            add("credential \(sent) of \(name)") { $0.exchanges[index].credentials.remove(at: sent) }
        }
    }
    for index in file.attempts.indices {
        add("attempt \(index + 1)") { $0.attempts.remove(at: index) }
        for (name, change) in attemptDeletions(file.attempts[index]) {
            add("\(name) of attempt \(index + 1)") { change(&$0.attempts[index]) }
        }
    }
    return all
}

private typealias Change = (name: String, change: @Sendable (inout Attempt) -> Void)

private func attemptDeletions(_ attempt: Attempt) -> [Change] {
    requestDeletions(attempt) + answerDeletions(attempt) + sessionDeletions(attempt) + propertyDeletions
}

private func requestDeletions(_ attempt: Attempt) -> [Change] {
    var all: [Change] = []
    guard let head = attempt.request?.head else { return [] }
    for line in head.fieldLines.indices {
        let name = head.name(head.fieldLines[line])
        all.append(("the request's \(name)", { $0.loseRequestLine(line) }))
    }
    for number in attempt.credentials.indices {
        let isQuery = attempt.credentials[number].placement == .query
        all.append(
            (
                "credential \(number)",
                {
                    $0.credentials.remove(at: number)
                    $0.unseen.insert(isQuery ? .query : .requestFields)
                }
            ))
    }
    all.append(
        (
            "the request",
            {
                $0.request = nil
                $0.credentials = []
                $0.handshake = HandshakeCheck()
                $0.unseen.insert([.requestFields, .query, .beginning])
            }
        ))
    return all
}

private func answerDeletions(_ attempt: Attempt) -> [Change] {
    guard let head = attempt.response?.head else { return [] }
    var all: [Change] = []
    for line in head.fieldLines.indices {
        let name = head.name(head.fieldLines[line])
        all.append(("the answer's \(name)", { $0.loseResponseLine(line) }))
    }
    all.append(
        (
            "the answer's body",
            {
                $0.response?.body = .unseen
                $0.unseen.insert(.responseBody)
            }
        ))
    all.append(
        (
            "half of the answer's body",
            {
                if let body = $0.response?.body {
                    let half = Array(body.bytes.prefix(body.bytes.count / 2))
                    $0.response?.body = Body(
                        bytes: half, wireLength: half.count, length: half.count, completeness: .cutShort)
                    $0.unseen.insert(.responseBody)
                }
            }
        ))
    return all
}

private func sessionDeletions(_ attempt: Attempt) -> [Change] {
    guard let session = attempt.session else { return [] }
    var all: [Change] = []
    for number in session.firstFrames.indices {
        all.append(("frame \(number)", { $0.loseFrame(number) }))
    }
    for number in session.closes.indices {
        all.append(
            (
                "close \(number)",
                {
                    $0.session?.closes.remove(at: number)
                    $0.unseen.insert([.closes, .frames])
                }
            ))
    }
    for number in session.violations.indices {
        all.append(
            (
                "violation \(number)",
                {
                    $0.session?.violations.remove(at: number)
                    $0.unseen.insert(.frames)
                }
            ))
    }
    all.append(
        (
            "all frames",
            {
                $0.session = Session()
                $0.unseen.insert([.frames, .closes])
            }
        ))
    return all
}

/// Each property that has a bit, set to unknown.
private let propertyDeletions: [Change] = [
    ("the request's fields", { $0.loseRequestFields() }),
    (
        "the query",
        {
            $0.credentials.removeAll { $0.placement == .query }
            $0.unseen.insert(.query)
        }
    ),
    ("the credentials' values", { $0.unseen.insert(.credentialValues) }),
    (
        "the answer's fields",
        {
            $0.response?.head.fieldLines = []
            $0.handshake.accept = nil
            $0.handshake.responseUpgrade = nil
            $0.handshake.responseConnection = nil
            $0.handshake.extensionsAgree = nil
            $0.handshake.selectedSubprotocols = []
            $0.unseen.insert(.responseFields)
        }
    ),
    (
        "the answer",
        {
            $0.response = nil
            $0.session = nil
            $0.outcome = .incomplete
            $0.handshake.accept = nil
            $0.handshake.responseUpgrade = nil
            $0.handshake.responseConnection = nil
            $0.handshake.extensionsAgree = nil
            $0.handshake.selectedSubprotocols = []
            $0.unseen.insert([.status, .responseFields, .responseBody, .frames, .closes])
        }
    ),
    (
        "the transport",
        {
            var bare = Connection(stream: $0.connection.stream)
            bare.client = $0.connection.client
            bare.server = $0.connection.server
            $0.connection = bare
            $0.unseen.insert(.transport)
        }
    ),
    (
        "the end",
        {
            $0.connection.ending = .open
            $0.connection.endedAt = nil
            $0.connection.endedPlace = nil
        }
    ),
    (
        "the clock",
        {
            $0.startedAt = nil
            $0.request?.at = nil
            $0.response?.at = nil
            $0.connection.startedAt = nil
            $0.connection.endedAt = nil
        }
    ),
]

extension Body {
    /// A body that the input does not hold.
    fileprivate static var unseen: Body {
        Body(bytes: [], wireLength: 0, length: 0, completeness: .notCaptured)
    }
}

extension Attempt {
    fileprivate mutating func loseRequestFields() {
        request?.head.fieldLines = []
        handshake = HandshakeCheck()
        credentials.removeAll { $0.placement != .query }
        unseen.insert(.requestFields)
    }

    fileprivate mutating func loseRequestLine(_ line: Int) {
        guard let head = request?.head else { return }
        let name = head.name(head.fieldLines[line]).lowercased()
        request?.head.fieldLines.remove(at: line)
        unseen.insert(.requestFields)
        switch name {
        case "sec-websocket-key":
            handshake.key = nil
            if handshake.accept != nil { handshake.accept = .notComputable }
        case "upgrade": handshake.requestUpgrade = nil
        case "connection": handshake.requestConnection = nil
        case "sec-websocket-version": handshake.versions = []
        case "sec-websocket-protocol":
            handshake.offeredSubprotocols = []
            handshake.illegalSubprotocols = []
            credentials.removeAll { $0.placement == .subprotocol }
        case "sec-websocket-extensions":
            handshake.offeredExtensions = []
            handshake.extensionsAgree = nil
        case "cookie": credentials.removeAll { $0.placement == .cookie }
        default: credentials.removeAll { $0.placement == .header && $0.name.lowercased() == name }
        }
    }

    fileprivate mutating func loseResponseLine(_ line: Int) {
        guard let head = response?.head else { return }
        let name = head.name(head.fieldLines[line]).lowercased()
        response?.head.fieldLines.remove(at: line)
        unseen.insert(.responseFields)
        switch name {
        case "sec-websocket-accept": handshake.accept = nil
        case "upgrade": handshake.responseUpgrade = nil
        case "connection": handshake.responseConnection = nil
        case "sec-websocket-protocol": handshake.selectedSubprotocols = []
        case "sec-websocket-extensions":
            handshake.selectedExtensions = []
            handshake.extensionsAgree = nil
        default: break
        }
    }

    fileprivate mutating func loseFrame(_ number: Int) {
        guard let frame = session?.firstFrames[number] else { return }
        session?.firstFrames.remove(at: number)
        session?.credentials.removeAll { $0.place == frame.place }
        unseen.insert(.frames)
        switch frame.opcode {
        case 1: session?.counts[frame.by].text -= 1
        case 2: session?.counts[frame.by].binary -= 1
        case 9: session?.counts[frame.by].ping -= 1
        case 10: session?.counts[frame.by].pong -= 1
        default: break
        }
    }
}
