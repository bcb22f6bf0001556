import Wire

/// How the records of a pcap file are laid out, as its header tells.
///
///     0       4       8       12      16      20      24
///     +-------+---+---+-------+-------+-------+-------+
///     | magic |maj|min| zone  |  sig  | snap  |  link |   file header
///     +-------+---+---+-------+-------+-------+-------+
///     |seconds|fract. |captured|on wire|  data …          each record
///     +-------+-------+-------+-------+
///
/// Source: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
struct PcapLayout: Equatable {
    /// Bytes of the file header.
    static let fileHeaderBytes = 24

    /// The order of every integer.
    var order: ByteOrder
    /// Nanoseconds of one unit of the fraction.
    var fractionUnit: Int64
    /// Bytes before each packet. The variant of Alexey Kuznetsov (libpcap's "modified") has 8 more than usual.
    var recordHeaderBytes: Int
    /// The LINKTYPE of every packet.
    var linkType = 0

    /// From the magic number, read as big-endian; nil when it is none.
    init?(magic: UInt32) {
        for order in [ByteOrder.big, .little] {
            self.order = order
            switch order == .big ? magic : magic.byteSwapped {
            case 0xa1b2_c3d4: (fractionUnit, recordHeaderBytes) = (1000, 16)
            case 0xa1b2_3c4d: (fractionUnit, recordHeaderBytes) = (1, 16)
            case 0xa1b2_cd34: (fractionUnit, recordHeaderBytes) = (1000, 24)
            default: continue
            }
            return
        }
        return nil
    }
}
