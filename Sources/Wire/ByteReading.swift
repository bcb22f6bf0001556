/// The order of the bytes of an integer.
package enum ByteOrder: Sendable, Equatable {
    case big
    case little
}

/// Integers out of bytes. Two ways: `integer(at:width:order:)` answers nil where the bytes end too soon, and the
/// `big…` readers are for code that checked the length once, up front; those trap past the end like any subscript.
extension Span where Element == UInt8 {
    /// The unsigned integer of `width` bytes (1 to 8) at `offset`, or nil when the bytes end before it.
    package func integer(at offset: Int, width: Int, order: ByteOrder = .big) -> UInt64? {
        guard 0 <= offset, offset <= count, width <= count - offset else { return nil }
        var value: UInt64 = 0
        for index in 0..<width {
            let position = order == .big ? offset + index : offset + width - 1 - index
            value = value << 8 | UInt64(self[position])
        }
        return value
    }

    /// The big-endian 16-bit integer at `offset`. The caller has checked the length.
    @inline(__always) package func big16(_ offset: Int) -> Int {
        Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    /// The big-endian 24-bit integer at `offset`. The caller has checked the length.
    @inline(__always) package func big24(_ offset: Int) -> Int {
        Int(self[offset]) << 16 | Int(self[offset + 1]) << 8 | Int(self[offset + 2])
    }

    /// The big-endian 32-bit integer at `offset`. The caller has checked the length.
    @inline(__always) package func big32(_ offset: Int) -> UInt32 {
        UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16
            | UInt32(self[offset + 2]) << 8 | UInt32(self[offset + 3])
    }

    /// The 32-bit integer at `offset` in the order given. The caller has checked the length.
    @inline(__always) package func integer32(_ offset: Int, _ order: ByteOrder) -> UInt32 {
        order == .big ? big32(offset) : big32(offset).byteSwapped
    }

    /// The 16-bit integer at `offset` in the order given. The caller has checked the length.
    @inline(__always) package func integer16(_ offset: Int, _ order: ByteOrder) -> Int {
        order == .big ? big16(offset) : Int(self[offset + 1]) << 8 | Int(self[offset])
    }

    /// A copy of the bytes.
    package func bytes() -> [UInt8] {
        unsafe withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }

    /// Whether these bytes begin with `prefix` (ASCII).
    package func starts(with prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard length <= count else { return false }
        return prefix.withUTF8Buffer { expected in
            for index in 0..<length where unsafe expected[index] != self[index] { return false }
            return true
        }
    }

    /// The offset of the first `byte` at or after `start`, or nil.
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }
}

extension Array where Element == UInt8 {
    /// Appends every byte of `bytes`.
    package mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
