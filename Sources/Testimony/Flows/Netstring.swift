import Wire

/// One value of a flow file, as ranges into the bytes of its flow: nothing is copied, nothing is built.
///
///     23:4:type;9:websocket;}       a length, a colon, so many bytes, and a letter for what they are
///
/// Source: tagged netstrings, tnetstrings.info (2011), and the extension `;` for text.
struct Netstring: Equatable {
    /// What the bytes are: `,` bytes, `;` text, `#` whole number, `^` number, `!` truth value, `~` nothing, `]` list,
    /// `}` members.
    var type: UInt8
    var content: Range<Int>
    /// Where the next value begins.
    var end: Int

    /// The value at `offset`; nil where there is none that ends before `limit`.
    init?(at offset: Int, before limit: Int, in bytes: Span<UInt8>) {
        guard let head = NetstringHead(at: offset, before: limit, in: bytes),
            head.length < limit - head.start
        else { return nil }
        content = head.start..<head.start + head.length
        type = bytes[content.upperBound]
        end = content.upperBound + 1
    }
}

/// The length of a value and where its bytes begin.
struct NetstringHead {
    /// Digits of a length. Nothing that is read is longer than a file can be.
    static let mostDigits = 12

    var length: Int
    var start: Int

    /// Nil where no length stands, or only a part of one.
    init?(at offset: Int, before limit: Int, in bytes: Span<UInt8>) {
        var length = 0
        var index = offset
        while index < limit, 0x30 <= bytes[index], bytes[index] <= 0x39 {
            guard index - offset < NetstringHead.mostDigits else { return nil }
            length = length * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        guard offset < index, index < limit, bytes[index] == 0x3a else { return nil }
        self.length = length
        start = index + 1
    }
}

/// The bytes of one flow, and its values.
struct FlowBytes {
    var bytes: [UInt8]

    /// The flow itself, which is a list of members.
    var root: Netstring { Netstring(content: 0..<bytes.count) }

    /// The value of a member; nil where there is none, or nothing.
    func member(_ name: String, of value: Netstring?) -> Netstring? {
        guard let value, value.type == 0x7d else { return nil }
        var found: Netstring?
        each(of: value) { key, content in
            guard key.content.count == name.utf8.count, bytes[key.content].elementsEqual(name.utf8) else {
                return true
            }
            found = content.type == 0x7e ? nil : content
            return false
        }
        return found
    }

    /// The elements of a list, `most` at most.
    func elements(of value: Netstring?, most: Int = .max) -> [Netstring] {
        guard let value, value.type == 0x5d else { return [] }
        var elements: [Netstring] = []
        var offset = value.content.lowerBound
        while elements.count < most, offset < value.content.upperBound,
            let element = Netstring(at: offset, before: value.content.upperBound, in: bytes.span)
        {
            elements.append(element)
            offset = element.end
        }
        return elements
    }

    /// The bytes of a value.
    func data(_ value: Netstring?) -> ArraySlice<UInt8>? {
        guard let value, value.type == 0x2c || value.type == 0x3b else { return nil }
        return bytes[value.content]
    }

    /// The text of a value, read as UTF-8 with repairs.
    func text(_ value: Netstring?) -> String? { data(value).map { String(decoding: $0, as: UTF8.self) } }

    /// The whole number of a value.
    func integer(_ value: Netstring?) -> Int? {
        guard let value, value.type == 0x23, value.content.count <= 20 else { return nil }
        return Int(String(decoding: bytes[value.content], as: UTF8.self))
    }

    /// The truth value of a value.
    func flag(_ value: Netstring?) -> Bool? {
        guard let value, value.type == 0x21 else { return nil }
        return bytes[value.content].elementsEqual("true".utf8)
    }

    /// The moment of a value: seconds since the epoch, whole or not.
    func moment(_ value: Netstring?) -> Timestamp? {
        guard let value, value.type == 0x5e || value.type == 0x23, value.content.count <= 40,
            let seconds = Double(String(decoding: bytes[value.content], as: UTF8.self))
        else { return nil }
        return Timestamp(secondsSinceEpoch: seconds)
    }

    private func each(of value: Netstring, _ body: (_ key: Netstring, _ content: Netstring) -> Bool) {
        var offset = value.content.lowerBound
        let end = value.content.upperBound
        while offset < end, let key = Netstring(at: offset, before: end, in: bytes.span),
            let content = Netstring(at: key.end, before: end, in: bytes.span)
        {
            guard body(key, content) else { return }
            offset = content.end
        }
    }
}

extension Netstring {
    fileprivate init(content: Range<Int>) {
        type = 0x7d
        self.content = content
        end = content.upperBound
    }
}
