import Capture
package import Wire

/// Writes pcapng blocks, little-endian, one after the other into bytes.
///
/// Source: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html §3, §4
package struct PcapngWriting {
    /// What was written and not yet taken.
    package var bytes: [UInt8] = []

    /// Nothing written yet.
    package init() {}

    /// The beginning of a file: a section, and the two interfaces that packets may name.
    package mutating func begin(application: String) {
        block(0x0a0d_0d0a) { body in
            body.append32(0x1a2b_3c4d)
            body.append16(1)
            body.append16(0)
            body.append32(0xffff_ffff)  // The section's length is not known.
            body.append32(0xffff_ffff)
            body.append(option: 4, Array(application.utf8))
            body.append32(0)
        }
        for (name, description) in [
            (RecordingInterface.plain, "what a client and the proxy said to one another"),
            (RecordingInterface.decrypted, "the same, out of TLS: these packets carried it encrypted"),
        ] {
            block(1) { body in
                body.append16(101)  // LINKTYPE_RAW: IPv4 or IPv6, told by the first four bits.
                body.append16(0)
                body.append32(0)
                body.append(option: 2, Array(name.utf8))
                body.append(option: 3, Array(description.utf8))
                body.append(option: 9, [9])  // Nanoseconds.
                body.append32(0)
            }
        }
    }

    /// One packet; `write` appends its bytes. Comments may be added later (`addComment`).
    package mutating func packet(
        interface: Int, at time: Timestamp, comments: [String] = [], _ write: (inout [UInt8]) -> Void
    ) {
        block(6) { body in
            let ticks = UInt64(max(0, time.nanoseconds))
            body.append32(interface)
            body.append32(Int(ticks >> 32))
            body.append32(Int(ticks & 0xffff_ffff))
            let lengths = body.count
            body.append32(0)
            body.append32(0)
            let start = body.count
            write(&body)
            let length = body.count - start
            body.put32(length, at: lengths)
            body.put32(length, at: lengths + 4)
            body.pad()
            for comment in comments { body.append(option: 1, commentBytes(comment)) }
            if !comments.isEmpty { body.append32(0) }
        }
    }

    /// A TLS key log, for Wireshark and for `explain`.
    package mutating func keyLog(_ text: [UInt8]) {
        block(10) { body in
            body.append32(0x544c_534b)
            body.append32(text.count)
            body += text
        }
    }

    /// Adds a comment to the packet block that begins at `start`; answers how many bytes longer it is now.
    package mutating func addComment(_ comment: String, toBlockAt start: Int) -> Int {
        guard let type = integer(at: start), type == 6, let total = integer(at: start + 4),
            let captured = integer(at: start + 20)
        else { return 0 }
        // Options begin behind the padded packet; where there are some, they end with opt_endofopt.
        let options = start + 28 + (captured + 3) / 4 * 4
        let hasOptions = options < start + total - 4
        var option: [UInt8] = []
        option.append(option: 1, commentBytes(comment))
        if !hasOptions { option.append32(0) }
        bytes.insert(contentsOf: option, at: start + total - (hasOptions ? 8 : 4))
        bytes.put32(total + option.count, at: start + 4)
        bytes.put32(total + option.count, at: start + total + option.count - 4)
        return option.count
    }

    private func integer(at offset: Int) -> Int? {
        bytes.span.integer(at: offset, width: 4, order: .little).map { Int($0) }
    }

    private mutating func block(_ type: Int, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append32(type)
        bytes.append32(0)
        write(&bytes)
        bytes.pad()
        let total = bytes.count - start + 4
        bytes.append32(total)
        bytes.put32(total, at: start + 4)
    }
}

/// The longest comment. Bytes; an option's length has 16 bits, and nobody reads more.
private let longestComment = 2048

private func commentBytes(_ text: String) -> [UInt8] {
    guard longestComment < text.utf8.count else { return Array(text.utf8) }
    var kept = ""
    for character in text {
        guard kept.utf8.count + character.utf8.count <= longestComment - 3 else { break }
        kept.append(character)
    }
    return Array((kept + "…").utf8)
}

extension [UInt8] {
    fileprivate mutating func append16(_ value: Int) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    fileprivate mutating func append32(_ value: Int) {
        append16(value)
        append16(value >> 16)
    }

    fileprivate mutating func put32(_ value: Int, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    fileprivate mutating func pad() { while !count.isMultiple(of: 4) { append(0) } }

    /// An option: code, length, value, padding.
    fileprivate mutating func append(option code: Int, _ value: [UInt8]) {
        append16(code)
        append16(value.count)
        self += value
        for _ in 0..<((4 - value.count % 4) % 4) { append(0) }
    }
}
