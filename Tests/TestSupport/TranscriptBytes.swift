package import Case
import Dissect
import Wire

extension Transcript {
    /// The case of a conversation as it comes out of its bytes, read like the bytes of a relay; nil where the
    /// conversation tells of something that no bytes of HTTP and WebSocket show: TLS, a SYN, what was not captured.
    package static func caseFromBytes(_ text: String) -> CaseFile? {
        let transcript = Transcript(reading: text)
        // What a proxy changed stands in no byte.
        guard transcript.file.limits.isEmpty, transcript.sections.allSatisfy({ $0.section.isPlain }) else {
            return nil
        }
        var door = OrderedDoor()
        for (stream, item) in transcript.sections.enumerated() {
            item.section.tell(&door, stream: stream, port: item.port)
        }
        return door.finish(inputs: transcript.file.inputs, endedAt: transcript.file.endedAt)
    }
}

extension Transcript.Section {
    /// Whether its bytes are all there is to it.
    fileprivate var isPlain: Bool {
        guard unseen.isEmpty, basis == .observed, tls == nil, mismatch == nil, tunnel == nil,
            violations.isEmpty, hasClock, !hasFailed,
            !requestLines.isEmpty
        else { return false }
        switch ending {
        case .open, .finished, .reset: return true
        case .refused, .unanswered: return false
        }
    }

    fileprivate func tell(_ door: inout OrderedDoor, stream: Int, port: UInt16) {
        var transport = connection(stream, port)
        transport.ending = .open
        transport.endedAt = nil
        transport.endedPlace = nil
        let id = door.open(transport, isDecrypted: isSecure)
        let place = { (frame: Int) in Place.frame(frame, stream: stream, input: 0) }
        if let request = requestMessage(stream, isUpgrade: isUpgrade) {
            door.receive(
                wire(request, hasBody: requestBody != nil).span, on: id, from: .client, at: requestAt,
                place: place(requestFrame))
        }
        if let response = responseMessage(stream) {
            door.receive(
                wire(response, hasBody: response.head.status != 101).span, on: id, from: .server,
                at: responseAt,
                place: place(responseFrame))
        }
        for frame in frames {
            door.receive(frame.wire.span, on: id, from: frame.by, at: frame.at, place: frame.place)
        }
        if case .finished(let side) = ending {
            door.end(id, side, at: endedAt, place: place(endedFrame ?? 0))
            door.end(id, side.peer, at: endedAt, place: place(endedFrame ?? 0))
        }
        door.close(id, ending, at: endedAt, place: endedFrame.map(place))
    }

    /// A message as it stands on the wire, its length told.
    private func wire(_ message: Message, hasBody: Bool) -> [UInt8] {
        guard hasBody, !message.head.has("content-length") else {
            return message.head.bytes + message.body.bytes
        }
        let field = Array("Content-Length: \(message.body.bytes.count)\r\n\r\n".utf8)
        return Array(message.head.bytes.prefix(message.head.bytes.count - 2)) + field + message.body.bytes
    }
}

extension FrameRecord {
    /// The frame as it stands on the wire, masked with zeros where a mask is due.
    fileprivate var wire: [UInt8] {
        let payload = preview.count == Int(length) ? preview : [UInt8](repeating: 0, count: Int(length))
        let mask: UInt8 = isMasked ? 0x80 : 0
        var bytes: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            bytes.append(mask | UInt8(payload.count))
        } else if payload.count < 65_536 {
            bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        } else {
            bytes += [mask | 127, 0, 0, 0, 0]
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(payload.count >> shift & 255)) }
        }
        return bytes + (isMasked ? [0, 0, 0, 0] : []) + payload
    }
}
