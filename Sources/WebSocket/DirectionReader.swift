import Case
import Wire

/// One direction of a session: frames into messages, checked and previewed.
///
/// Laws: text is checked and deflate undone as the bytes come; at most a preview is kept.
struct DirectionReader {
    /// A message that is being received (RFC 6455 §5.4).
    private struct Message {
        var opcode: UInt8
        var isCompressed: Bool
        /// Whether bytes of it are missing, so that it cannot be checked.
        var isDamaged = false
        var text = UTF8Check()
    }

    let side: Side
    private let deflate: DeflateAgreement?
    private var frames: FrameReader
    private var inflater: MessageInflater?
    private var message: Message?
    private var header: FrameHeader?
    /// Whether the frame in hand is one of those that are kept with their beginnings.
    private var isPreviewed = false
    private var previewWanted = 0
    /// Whether nobody looks at more of a preview than `Session.keepEssentials` leaves.
    private let keepsEssentials: Bool
    private var preview: [UInt8] = []
    private var control: [UInt8] = []
    private let scratch: SessionScratch
    private var previewedFrames = 0
    private var sentClose = false
    /// Whether what came before is unknown, so that a continuation has a right to be there.
    private var mayContinue = false
    private var frameIsDamaged = false
    /// Whether a gap may have held messages that later ones refer to, so that no inflater can begin here.
    private var windowIsLost = false
    /// Whether inflating was given up to stay bounded.
    private(set) var gaveUpInflating = false

    init(
        side: Side, deflate: DeflateAgreement?, keepsEssentials: Bool, scratch: SessionScratch
    ) {
        self.side = side
        self.keepsEssentials = keepsEssentials
        self.scratch = scratch
        self.deflate = deflate
        frames = FrameReader(side: side, isCompressed: deflate != nil)
    }

    /// Whether the direction ended between frames.
    var isAtBoundary: Bool { frames.isAtBoundary && header == nil }

    /// Takes the next bytes; whole frames and broken rules go to the session.
    mutating func receive(_ bytes: Span<UInt8>, at time: Timestamp?, place: Place, into log: inout SessionLog)
    {
        var position = 0
        while let event = frames.next(bytes, &position) {
            switch event {
            case .began(let header): begin(header, at: time, place: place, into: &log)
            case .payload(let range, let phase):
                receive(payload: bytes.extracting(range), phase: phase, at: time, place: place, into: &log)
            case .ended: end(at: time, place: place, into: &log)
            }
        }
    }

    /// Takes the fact that bytes are missing here.
    mutating func skipped(_ count: Int) {
        message?.isDamaged = true
        if message?.isCompressed ?? false { inflater?.lose() }
        switch frames.skip(count) {
        case .payload, .payloadToEnd: frameIsDamaged = true
        case .unknown:
            header = nil
            message = nil
            mayContinue = true
            // Whatever was lost may have been part of the window. Messages that stand alone need none.
            windowIsLost = deflate?.standsAlone[side] == false
            if windowIsLost { inflater?.lose() } else { inflater?.abandonMessage() }
        }
    }

    // MARK: One frame

    private mutating func begin(
        _ header: FrameHeader, at time: Timestamp?, place: Place, into log: inout SessionLog
    ) {
        self.header = header
        frameIsDamaged = false
        isPreviewed =
            0 < scratch.limits.previewBytes
            && (previewedFrames < scratch.limits.previewedFrames || log.keepsEveryFrame)
        previewWanted = isPreviewed ? scratch.limits.previewBytes : 0
        if keepsEssentials {
            let isKept = previewedFrames < scratch.limits.keptFrames
            previewWanted = isKept ? min(previewWanted, scratch.limits.keptPreviewBytes) : 0
        }
        if !preview.isEmpty { preview = [] }
        if !control.isEmpty { control.removeAll(keepingCapacity: true) }
        check(header, at: time, place: place, into: &log)
        guard !header.isControl, !header.isReserved else { return }
        if header.opcode != 0 {
            let isCompressed = header.reservedBits & 4 != 0 && deflate != nil
            message = Message(opcode: header.opcode, isCompressed: isCompressed)
            if isCompressed, inflater == nil, let deflate {
                inflater = MessageInflater(
                    windowBits: deflate.windowBits[side], standsAlone: deflate.standsAlone[side],
                    scratch: scratch)
                if windowIsLost { inflater?.lose() }
            }
        }
    }

    // Mutating, though nothing is: the reader was copied for each call.
    private mutating func check(
        _ header: FrameHeader, at time: Timestamp?, place: Place, into log: inout SessionLog
    ) {
        let mayBeCompressed = deflate != nil && (header.opcode == 1 || header.opcode == 2)
        var rules: [Violation.Rule] = []
        if header.isMasked != (side == .client) {
            rules.append(side == .client ? .clientFrameUnmasked : .serverFrameMasked)
        }
        if header.isReserved { rules.append(.reservedOpcode) }
        if header.reservedBits & (mayBeCompressed ? 3 : 7) != 0 { rules.append(.reservedBits) }
        if !header.lengthIsCanonical { rules.append(.lengthEncoding) }
        if header.isControl, !header.isReserved, !header.isFinal || 125 < header.length {
            rules.append(.controlFrame)
        }
        if !header.isControl, !header.isReserved {
            if header.opcode == 0 ? message == nil && !mayContinue : message != nil {
                rules.append(.fragmentation)
            }
            if sentClose { rules.append(.dataAfterClose) }
        }
        for rule in rules { log.note(rule, by: side, at: time, place: place) }
    }

    private mutating func receive(
        payload: Span<UInt8>, phase: UInt64, at time: Timestamp?, place: Place, into log: inout SessionLog
    ) {
        guard let header else { return }
        let isText = message?.opcode == 1
        let isCompressed = !header.isControl && message?.isCompressed ?? false
        guard header.isControl || isText || isCompressed || preview.count < previewWanted else { return }
        // Of text that nobody previews nothing is wanted but the check, and ASCII between characters passes it.
        if isText, !isCompressed, !header.isControl, previewWanted <= preview.count,
            message?.text.isBetweenCharacters ?? false,
            isASCII(payload, key: header.key, phase: phase)
        {
            return
        }
        if header.isMasked, header.key != 0 {
            var plain = scratch.takeUnmasked()
            unmask(payload, key: header.key, phase: phase, into: &plain)
            take(plain.span, header, isCompressed: isCompressed, at: time, place: place, into: &log)
            scratch.giveBack(unmasked: plain)
        } else {
            take(payload, header, isCompressed: isCompressed, at: time, place: place, into: &log)
        }
    }

    private mutating func take(
        _ bytes: Span<UInt8>, _ header: FrameHeader, isCompressed: Bool, at time: Timestamp?, place: Place,
        into log: inout SessionLog
    ) {
        if header.isControl {
            let room = 125 - control.count
            if 0 < room { control.append(bytes.extracting(first: min(room, bytes.count))) }
        } else if isCompressed {
            guard !(message?.isDamaged ?? true) || deflate?.standsAlone[side] == false, let inflater,
                inflater.isUsable
            else { return }
            settle(inflater.receive(bytes) { receive(plain: $0) }, at: time, place: place, into: &log)
        } else {
            receive(plain: bytes)
        }
    }

    /// Bytes of a data message, unmasked and inflated.
    private mutating func receive(plain bytes: Span<UInt8>) {
        let room = previewWanted - preview.count
        if 0 < room { preview.append(bytes.extracting(first: min(room, bytes.count))) }
        if message?.opcode == 1, !(message?.isDamaged ?? true) { message?.text.receive(bytes) }
    }

    private mutating func settle(
        _ outcome: MessageInflater.Outcome, at time: Timestamp?, place: Place, into log: inout SessionLog
    ) {
        switch outcome {
        case .good: break
        case .bad:
            if !(message?.isDamaged ?? true) { log.note(.badDeflate, by: side, at: time, place: place) }
            message?.isDamaged = true
        case .stopped:
            gaveUpInflating = true
            message?.isDamaged = true
        }
    }

    private mutating func end(at time: Timestamp?, place: Place, into log: inout SessionLog) {
        guard let header else { return }
        self.header = nil
        if !header.isControl, !header.isReserved, header.isFinal {
            endMessage(at: time, place: place, into: &log)
        }
        if isPreviewed { previewedFrames += 1 }
        let record = FrameRecord(
            by: side, opcode: header.opcode, isFinal: header.isFinal, reservedBits: header.reservedBits,
            isMasked: header.isMasked, length: header.length,
            preview: header.isControl ? (isPreviewed ? control : []) : preview, at: time, place: place)
        if !preview.isEmpty { preview = [] }
        log.add(record, control: control, isPreviewed: isPreviewed, isDamaged: frameIsDamaged)
        if header.opcode == 8 { sentClose = true }
    }

    private mutating func endMessage(at time: Timestamp?, place: Place, into log: inout SessionLog) {
        defer {
            message = nil
            mayContinue = false
        }
        guard let message else { return }
        if message.isCompressed {
            guard !message.isDamaged, let inflater, inflater.isUsable else {
                inflater?.abandonMessage()
                return
            }
            settle(inflater.endMessage { receive(plain: $0) }, at: time, place: place, into: &log)
        }
        guard let whole = self.message, whole.opcode == 1, !whole.isDamaged, !whole.text.isWhole else {
            return
        }
        log.note(.invalidUTF8, by: side, at: time, place: place)
    }
}
