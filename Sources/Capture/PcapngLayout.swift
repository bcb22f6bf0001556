import Wire

/// Numbers of the pcapng format. Every block:
///
///     0       4        8                    length-4
///     +-------+--------+----------------------+--------+
///     | type  | length |  body, padded to 4   | length |
///     +-------+--------+----------------------+--------+
///
/// Source: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html §3, §4
enum PcapngLayout {
    /// Section Header Block; reads the same in either byte order.
    static let sectionHeader: UInt32 = 0x0a0d_0d0a
    static let interfaceDescription: UInt32 = 1
    /// The Packet Block, obsolete since 2004 and still met.
    static let packet: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6
    static let decryptionSecrets: UInt32 = 10
    /// Custom blocks, the second kind not to be copied, and journal entries carry no packets; Wireshark numbers them
    /// among the frames all the same, and so frame numbers here do.
    static let numberedBlocks: [UInt32] = [0x0000_0bad, 0x4000_0bad, 9]
    /// Secrets type of a Decryption Secrets Block: TLS key log ("TLSK").
    static let tlsKeyLog: UInt32 = 0x544c_534b
    static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
    /// Options and padding that a packet block may have beside its packet before it is skipped as too long.
    static let packetOptionBytes = 64 << 10
}

/// One interface of a section: what its packets mean.
struct PcapngInterface: Equatable {
    /// The LINKTYPE of its packets.
    var linkType: Int
    /// The longest packet that was kept; 0 is unlimited.
    var snapLength: Int
    /// What a tick of its clock is.
    var tick = Tick.multiple(1000)
    /// Seconds to add to every time.
    var offsetSeconds: Int64 = 0
    /// Whether its packets are what TLS carried: a recording of our own says so by the interface's name.
    var isDecrypted = false

    /// A unit of time, as what makes nanoseconds of it.
    enum Tick: Equatable {
        /// So many nanoseconds.
        case multiple(UInt64)
        /// A whole fraction of a nanosecond.
        case fraction(UInt64)
        /// 2 to the minus this many seconds.
        case binary(Int)
    }

    /// From the body of an Interface Description Block of 8 bytes at least, options included.
    init(_ body: Span<UInt8>, order: ByteOrder) {
        linkType = body.integer16(0, order)
        snapLength = Int(body.integer32(4, order))
        var position = 8
        while 4 <= body.count - position {
            let code = body.integer16(position, order)
            let length = body.integer16(position + 2, order)
            position += 4
            guard length <= body.count - position else { return }
            switch code {
            case 0: return  // opt_endofopt
            case 2:
                isDecrypted =
                    body.extracting(position..<position + length).bytes()
                    == Array(RecordingInterface.decrypted.utf8)
            case 9 where 1 <= length: tick = Tick(resolution: body[position])
            case 14 where 8 <= length:
                offsetSeconds = Int64(
                    bitPattern: body.integer(at: position, width: 8, order: order) ?? 0)
            default: break
            }
            position += (length + 3) & ~3
        }
    }

    /// The moment of a tick count, held within what a `Timestamp` can tell.
    func time(ofTicks ticks: UInt64) -> Timestamp {
        let nanoseconds: UInt64
        switch tick {
        case .multiple(let factor):
            let (product, overflow) = ticks.multipliedReportingOverflow(by: factor)
            nanoseconds = overflow ? .max : product
        case .fraction(let divisor): nanoseconds = ticks / divisor
        case .binary(let bits):
            let product = ticks.multipliedFullWidth(by: 1_000_000_000)
            nanoseconds =
                bits == 0
                ? (product.high == 0 ? product.low : .max)
                : bits < 64
                    ? (product.high >> bits == 0 ? product.high << (64 - bits) | product.low >> bits : .max)
                    : product.high >> (bits - 64)
        }
        let whole = Int64(clamping: nanoseconds)
        guard offsetSeconds != 0 else { return Timestamp(nanoseconds: whole) }
        let (sum, overflow) = whole.addingReportingOverflow(Timestamp(seconds: offsetSeconds).nanoseconds)
        return Timestamp(nanoseconds: overflow ? (offsetSeconds < 0 ? .min : .max) : sum)
    }
}

extension PcapngInterface.Tick {
    /// From if_tsresol: a negative power of 10, or of 2 when the highest bit is set.
    init(resolution: UInt8) {
        let exponent = Int(resolution & 0x7f)
        if resolution & 0x80 != 0 {
            self = .binary(exponent)
        } else if exponent <= 9 {
            self = .multiple(power(exponent: 9 - exponent))
        } else {
            self = .fraction(power(exponent: min(exponent - 9, 19)))
        }
    }
}

/// 10 to the power of `exponent`, 19 at most.
private func power(exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { value, _ in value * 10 }
}
