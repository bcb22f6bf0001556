/// Why a capture file can be read no further. What came before was delivered; `offset` counts bytes of the file as
/// it was fed (after unpacking) to the beginning of the record or block concerned.
package enum CaptureError: Error, Sendable, Equatable {
    /// The beginning is neither pcap nor pcapng.
    case notACapture
    /// A pcap of a version whose records are unknown.
    case versionUnknown(major: Int, minor: Int, offset: Int)
    /// The file ends inside its header, a record or a block: `needed` bytes were announced, `present` are there.
    case cutShort(needed: Int, present: Int, offset: Int)
    /// A pcapng block's total length is no length: below 12, or no multiple of 4.
    case blockLengthImpossible(length: Int, type: UInt32, offset: Int)
    /// A pcapng block's two total lengths disagree.
    case blockLengthsDiffer(leading: Int, trailing: Int, type: UInt32, offset: Int)
    /// A pcapng block's content is shorter than its kind needs, or than the packet it announces.
    case blockTooShort(length: Int, needed: Int, type: UInt32, offset: Int)
    /// The byte-order magic of a section header is unknown.
    case byteOrderUnknown(magic: UInt32, offset: Int)
    /// A packet names an interface that its section does not describe.
    case interfaceUnknown(number: Int, count: Int, offset: Int)
}
