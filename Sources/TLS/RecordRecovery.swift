package import Wire

/// Finding the way again when bytes are missing.
extension TLSConnection {
    /// The shortest record that is counted on: header, one byte, tag of eight.
    private static let shortestRecord = 14

    /// The next `bytes` bytes of a side are not in the input.
    package mutating func skipped(bytes: Int, from side: Side) {
        guard 0 < bytes, !directions[side].isAbandoned else { return }
        directions[side].messages.reset()
        if directions[side].isLost {
            lose(side, missingRecords: bytes / Self.shortestRecord + 1)
            directions[side].buffer = []
            return
        }
        var rest = bytes
        if 0 < directions[side].discard {
            // The record before was damaged already, and has been counted.
            let discarded = min(rest, directions[side].discard)
            directions[side].discard -= discarded
            rest -= discarded
            if 0 < rest { lose(side, missingRecords: rest / Self.shortestRecord + 1) }
            return
        }
        let buffer = directions[side].buffer
        directions[side].buffer = []
        guard RecordHeader.bytes <= buffer.count else {
            lose(side, missingRecords: bytes / Self.shortestRecord + 1)
            return
        }
        // The header tells where the damaged record ends, and so where the next one begins.
        let lacking = RecordHeader.bytes + buffer.span.big16(3) - buffer.count
        countDamaged(buffer[0], side)
        if bytes <= lacking {
            directions[side].discard = lacking - bytes
        } else {
            lose(side, missingRecords: (bytes - lacking) / Self.shortestRecord + 1)
        }
    }

    private mutating func countDamaged(_ type: UInt8, _ side: Side) {
        guard type == ContentType.applicationData || directions[side].isEncrypted else { return }
        if type == ContentType.applicationData { notes.recordsNotOpened += 1 }
        directions[side].encryptedRecords += 1
        guard let opener = directions[side].opener else { return }
        if opener.hasOpened { opener.skip(1) }
        // It may have been the last of its keys.
        directions[side].missingRecords += 1
    }

    /// From here on it is not known where records begin.
    mutating func lose(_ side: Side, missingRecords: Int) {
        directions[side].isLost = true
        let sum = directions[side].missingRecords.addingReportingOverflow(missingRecords)
        directions[side].missingRecords = sum.overflow ? Int.max : sum.partialValue
        directions[side].messages.reset()
    }

    /// Looks for a record in the buffer of a side that is lost. Answers the bytes behind the record that was found; nil
    /// when more bytes are needed first.
    mutating func search(_ side: Side, _ keys: KeyLog, _ plaintext: inout [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        swap(&bytes, &directions[side].buffer)
        var place = 0
        while RecordHeader.bytes <= bytes.count - place {
            guard RecordHeader.isPlausible(bytes.span, at: place) else {
                place += 1
                continue
            }
            guard 0 < triesLeft else {
                directions[side].isAbandoned = true
                notes.lostAfterGap = true
                return nil
            }
            let end = place + RecordHeader.bytes + bytes.span.big16(place + 3)
            guard end <= bytes.count else { break }
            let record = bytes.span.extracting(place..<end)
            if directions[side].opener != nil || !directions[side].upcoming.isEmpty {
                guard tryRecord(record, side, keys, &plaintext) else {
                    place += 1
                    continue
                }
                return Array(bytes[end...])
            }
            // Without keys, a second header right behind the first must do.
            guard RecordHeader.bytes <= bytes.count - end else { break }
            if RecordHeader.isPlausible(bytes.span, at: end) {
                triesLeft -= 1
                directions[side].isLost = false
                directions[side].missingRecords = 0
                receiveRecord(record, side, keys, &plaintext)
                return Array(bytes[end...])
            }
            place += 1
        }
        if 0 < place { bytes.removeSubrange(..<place) }
        directions[side].buffer = bytes
        return nil
    }

    /// Whether a record can be opened, which also tells its number.
    private mutating func tryRecord(
        _ record: Span<UInt8>, _ side: Side, _ keys: KeyLog, _ plaintext: inout [UInt8]
    ) -> Bool {
        directions[side].missingRecords = max(1, directions[side].missingRecords)
        let start = plaintext.count
        guard let type = openOtherwise(record, side, &plaintext) else { return false }
        directions[side].isLost = false
        notes.resumedAfterGap += 1
        finishRecord(type, record, from: start, side, keys, &plaintext)
        return true
    }
}
