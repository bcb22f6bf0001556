import CPcap

/// Why a filter expression was not accepted.
package enum PacketFilterError: Error, Sendable, Equatable {
    /// The expression is no BPF filter for packets of this link type; `reason` is what the compiler of libpcap says.
    case notUnderstood(expression: String, linkType: Int, reason: String)
    /// The expression is longer than anybody writes.
    case tooLong(bytes: Int, limit: Int)
    /// libpcap had no memory for it.
    case outOfMemory
}

/// A compiled BPF expression, as tcpdump takes them, for packets of one link type.
package struct PacketFilter: ~Copyable {
    /// The longest expression. Bytes.
    package static let expressionLimit = 64 << 10

    private var program: bpf_program

    /// Compiles an expression; the empty one accepts every packet.
    /// Shape: `linkType` is a LINKTYPE number, `snapLength` the longest packet in bytes.
    /// Throws: `notUnderstood`, which is the user's mistake or an expression that this link type cannot have.
    package init(
        _ expression: String, linkType: Int, snapLength: Int = 262_144
    ) throws(PacketFilterError) {
        let length = expression.utf8.count
        guard length <= PacketFilter.expressionLimit else {
            throw .tooLong(bytes: length, limit: PacketFilter.expressionLimit)
        }
        // A zero byte would end the expression for libpcap, and the rest would be left out silently.
        guard !expression.utf8.contains(0) else {
            throw .notUnderstood(expression: expression, linkType: linkType, reason: "it holds a zero byte")
        }
        guard
            let handle = pcap_open_dead(
                dataLinkType(linkType), Int32(clamping: max(1, snapLength)))
        else { throw .outOfMemory }
        defer { pcap_close(handle) }
        var compiled = bpf_program()
        guard pcap_compile(handle, &compiled, expression, 1, bpf_u_int32.max) == 0 else {
            let reason = pcap_geterr(handle).map { String(cString: $0) } ?? "no reason given"
            throw .notUnderstood(expression: expression, linkType: linkType, reason: reason)
        }
        program = compiled
    }

    deinit {
        // The freed program is never used again, so a copy may stand for it.
        var last = program
        pcap_freecode(&last)
    }

    /// Whether a packet is wanted.
    /// Shape: `bytes` is what was captured, `wireLength` the packet's length before it was cut.
    package func accepts(_ bytes: Span<UInt8>, wireLength: Int) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var empty: UInt8 = 0
            return withUnsafePointer(to: &empty) { nothing in
                var header = pcap_pkthdr()
                header.caplen = bpf_u_int32(clamping: buffer.count)
                header.len = bpf_u_int32(clamping: wireLength)
                return withUnsafePointer(to: program) { program in
                    pcap_offline_filter(program, &header, buffer.baseAddress ?? nothing) != 0
                }
            }
        }
    }
}

/// The DLT number of this system for a LINKTYPE number. They are equal but for a few that systems disagree on.
/// Source: https://www.tcpdump.org/linktypes.html, 2026-11-21
private func dataLinkType(_ linkType: Int) -> Int32 {
    switch linkType {
    case 101: DLT_RAW
    case 108: DLT_LOOP
    default: Int32(clamping: linkType)
    }
}
