import Wire

/// What two endpoints are called in the table: the lesser end first, so that both directions have one name.
struct ConversationKey: Equatable {
    var lowerHigh: UInt64
    var lowerLow: UInt64
    var upperHigh: UInt64
    var upperLow: UInt64
    /// The lesser end's port in the upper half.
    var ports: UInt32

    /// The key of a segment's ends, and whether its sender is the upper one.
    @inline(__always) static func make(
        _ addresses: AddressPair, sourcePort: Int, destinationPort: Int
    ) -> (key: ConversationKey, fromUpper: Bool) {
        let fromUpper: Bool
        if addresses.sourceLow != addresses.destinationLow {
            fromUpper = addresses.destinationLow < addresses.sourceLow
        } else if addresses.sourceHigh != addresses.destinationHigh {
            fromUpper = addresses.destinationHigh < addresses.sourceHigh
        } else {
            fromUpper = destinationPort < sourcePort
        }
        if fromUpper {
            return (
                ConversationKey(
                    lowerHigh: addresses.destinationHigh, lowerLow: addresses.destinationLow,
                    upperHigh: addresses.sourceHigh, upperLow: addresses.sourceLow,
                    ports: UInt32(truncatingIfNeeded: destinationPort << 16 | sourcePort)), true
            )
        }
        return (
            ConversationKey(
                lowerHigh: addresses.sourceHigh, lowerLow: addresses.sourceLow,
                upperHigh: addresses.destinationHigh, upperLow: addresses.destinationLow,
                ports: UInt32(truncatingIfNeeded: sourcePort << 16 | destinationPort)), false
        )
    }

    /// One end.
    func endpoint(isUpper: Bool) -> Endpoint {
        isUpper
            ? Endpoint(high: upperHigh, low: upperLow, port: UInt16(truncatingIfNeeded: ports))
            : Endpoint(high: lowerHigh, low: lowerLow, port: UInt16(truncatingIfNeeded: ports >> 16))
    }

    /// Keys are chosen by whoever sends packets, so the mixing is seeded; nothing that is shown depends on it.
    @inline(__always) func hash(seed: UInt64) -> UInt32 {
        var value = seed ^ lowerLow
        func mix(_ word: UInt64) {
            let product = (value ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            value = product.high ^ product.low ^ seed
        }
        mix(upperLow)
        mix(lowerHigh ^ UInt64(ports))
        mix(upperHigh)
        return UInt32(truncatingIfNeeded: value >> 32) ^ UInt32(truncatingIfNeeded: value)
    }
}

/// What is remembered of a TCP conversation by its headers alone. Every shard remembers the same of all of them.
struct Conversation {
    /// Facts of the headers, one bit each.
    struct Marks: OptionSet {
        var rawValue: UInt8
        /// The lesser end's initial sequence number is known; shifted by one for the upper end.
        static let lowerInitial = Marks(rawValue: 1)
        static let upperInitial = Marks(rawValue: 2)
        static let lowerFinished = Marks(rawValue: 4)
        static let upperFinished = Marks(rawValue: 8)
        static let reset = Marks(rawValue: 16)
        /// Over: both FINs, or RST. It is kept a while so that stragglers do not look like a new conversation.
        static let over = Marks(rawValue: 32)
    }

    var key: ConversationKey
    var hash: UInt32
    /// Wireshark's `tcp.stream`; -1 marks a free record.
    var number: Int
    /// The slot of its stream; -1 when another shard has it, or it is closed.
    var slot: Int32 = -1
    var marks: Marks = []
    var lowerInitial: UInt32 = 0
    var upperInitial: UInt32 = 0
    /// The count of segments when the last of its own came.
    var lastSeen: Int
    /// The count of segments when it was over; 0 while it is not.
    var overSince = 0
}

/// Finds conversations by their endpoints: open addressing with linear probing.
///
/// Laws: the table is at most half full; a slot holds the hash in its upper half and the record's index plus one in
/// its lower half; zero is empty.
struct ConversationTable {
    var records: [Conversation] = []
    private var slots: [UInt64]
    private var free: [Int32] = []
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        slots = [UInt64](repeating: 0, count: 1024)
    }

    /// Records in use.
    var count: Int { records.count - free.count }

    /// The hash that `find` and `insert` want.
    @inline(__always) func hash(_ key: ConversationKey) -> UInt32 { key.hash(seed: seed) }

    /// The index of a conversation, or nil.
    @inline(__always) func find(_ key: ConversationKey, _ hash: UInt32) -> Int? {
        let mask = slots.count - 1
        var position = Int(hash) & mask
        while true {
            let slot = slots[position]
            if slot == 0 { return nil }
            if UInt32(truncatingIfNeeded: slot >> 32) == hash {
                let index = Int(slot & 0xffff_ffff) - 1
                if records[index].key == key { return index }
            }
            position = (position + 1) & mask
        }
    }

    /// Adds a conversation that is not there yet; answers its index.
    mutating func insert(_ record: Conversation) -> Int {
        if slots.count < (count + 1) * 2 { grow() }
        let index: Int
        if let reused = free.popLast() {
            index = Int(reused)
            records[index] = record
        } else {
            index = records.count
            records.append(record)
        }
        place(record.hash, index)
        return index
    }

    /// Forgets a conversation.
    mutating func remove(_ index: Int) {
        let mask = slots.count - 1
        var hole = Int(records[index].hash) & mask
        while Int(slots[hole] & 0xffff_ffff) != index + 1 {
            // Every record in use is in the table, so an empty slot cannot come first.
            precondition(slots[hole] != 0)
            hole = (hole + 1) & mask
        }
        // What follows without a gap may have been pushed on by the one that goes; it moves back.
        var next = (hole + 1) & mask
        while slots[next] != 0 {
            let home = Int(slots[next] >> 32) & mask
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole] = 0
        records[index].number = -1
        free.append(Int32(truncatingIfNeeded: index))
    }

    private mutating func place(_ hash: UInt32, _ index: Int) {
        let mask = slots.count - 1
        var position = Int(hash) & mask
        while slots[position] != 0 { position = (position + 1) & mask }
        slots[position] = UInt64(hash) << 32 | UInt64(index + 1)
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        for index in records.indices where 0 <= records[index].number { place(records[index].hash, index) }
    }
}
