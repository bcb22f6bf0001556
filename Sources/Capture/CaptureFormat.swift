import Wire

/// What the beginning of a file says it is.
package enum CaptureFormat: String, Sendable, Equatable {
    case pcap
    case pcapng
    /// Compressed; what is inside is to be detected again after unpacking.
    case gzip
    /// Compressed; what is inside is to be detected again after unpacking.
    case zstd

    /// The format of a file that begins with these bytes, or nil when it is none of these.
    /// Shape: 4 bytes decide; fewer are nil.
    package static func detect(_ beginning: Span<UInt8>) -> CaptureFormat? {
        guard 4 <= beginning.count else { return nil }
        if beginning[0] == 0x1f, beginning[1] == 0x8b { return .gzip }
        let magic = beginning.big32(0)
        switch magic {
        case 0x28b5_2ffd: return .zstd
        case PcapngLayout.sectionHeader: return .pcapng
        default: return PcapLayout(magic: magic) == nil ? nil : .pcap
        }
    }
}
