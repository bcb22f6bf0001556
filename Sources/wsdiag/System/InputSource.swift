import Capture
import Compression
import Glibc
import Wire

/// Sizes of buffers, as measured best: read(2) into 256 KB is as fast as mmap, bounded, and works on pipes.
enum BufferSizes {
    /// One read. Bytes.
    static let read = 256 << 10
    /// What is looked at to recognise an input. Bytes.
    static let beginning = 64 << 10
    /// The largest key log. Bytes.
    static let keyLog = 128 << 20
    /// The largest text that is searched for tokens. Bytes.
    static let document = 16 << 20
}

/// One input, open and recognised, to be read forward once.
final class InputSource {
    /// As it was given: a path, or `-`.
    let path: String
    /// What reports call it: the last component of the path.
    let name: String
    private(set) var kind = InputKind.empty
    /// What errors call it.
    var title: String { path == "-" ? "standard input" : path }
    /// The size of a regular file. Bytes.
    let size: Int?
    /// Bytes read so far, before unpacking.
    private(set) var bytesRead = 0
    /// Where the packed data breaks its rules, if it does. Bytes from the beginning, before unpacking.
    private(set) var damage: String?

    private let descriptor: Int32
    /// What was read to recognise it and is not handed out yet.
    private var beginning: [UInt8] = []
    private var packing: Decompressor.Format?
    /// Whether it is compressed.
    var isPacked: Bool { packing != nil }

    /// Opens and recognises.
    init(_ path: String) throws(Failure) {
        self.path = path
        name = path == "-" ? "-" : String(path.split(separator: "/").last ?? Substring(path))
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard 0 <= descriptor else { throw .input(["cannot read \(path): \(errorText(errno))"]) }
        var facts = stat()
        if fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            throw .input(["\(path) is a folder", "give the capture inside it"])
        }
        size = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
        try readBeginning()
    }

    deinit { if path != "-" { close(descriptor) } }

    /// Hands the whole input out, unpacked, in pieces of 256 KiB at most.
    func read(_ take: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        let first = beginning
        beginning = []
        guard let packing else {
            if !first.isEmpty { try take(first.span) }
            return try readOn(take)
        }
        var unpacking = Unpacking(packing)
        try unpacking.feed(first.span, self, take)
        try readOn { piece throws(Failure) in try unpacking.feed(piece, self, take) }
        if damage == nil, !unpacking.isFinished {
            damage = "the packed data ends too soon, at byte \(bytesRead)"
        }
    }

    /// The whole input, unpacked, `limit` bytes at most.
    func readWhole(limit: Int) throws(Failure) -> [UInt8] {
        var whole: [UInt8] = []
        try read { piece throws(Failure) in
            guard whole.count + piece.count <= limit else {
                throw .input(["\(title) is larger than the \(limit >> 20) MiB that are read of such a file"])
            }
            whole.append(piece)
        }
        return whole
    }

    /// Reads until enough is there to recognise it, which a pipe may hand out in small parts.
    private func readBeginning() throws(Failure) {
        var buffer = [UInt8](repeating: 0, count: BufferSizes.beginning)
        while beginning.count < BufferSizes.beginning {
            let count = try readPiece(&buffer)
            guard 0 < count else { break }
            beginning += buffer[..<count]
        }
        let format = CaptureFormat.detect(beginning.span)
        switch format {
        case .gzip: packing = .gzip
        case .zstd: packing = .zstd
        case .pcap, .pcapng, nil:
            kind = InputKind(beginning.span)
            return
        }
        let unpacked = unpackedBeginning()
        kind =
            unpacked.isEmpty
            ? .unknown("is packed, and the packed data is damaged") : InputKind(unpacked.span)
    }

    /// What was read to recognise it, unpacked.
    private func unpackedBeginning() -> [UInt8] {
        guard let packing else { return beginning }
        let packed = beginning
        var unpacked: [UInt8] = []
        if var unpacker = try? Decompressor(packing) {
            _ = try? unpacker.receive(packed.span) { piece in
                unpacked.append(piece)
                return unpacked.count < BufferSizes.beginning
            }
        }
        return unpacked
    }

    /// The time of the first packet of a capture that nothing was read of yet; nil where its beginning holds none.
    func firstPacketTime() -> Timestamp? {
        var first: Timestamp?
        let bytes = unpackedBeginning()
        var reader = PacketReader(limits: .standard)
        _ = try? reader.scan(bytes.span, isLast: false) { item, _ in
            if first == nil, case .packet(let packet) = item { first = packet.at }
        }
        return first
    }

    private func readOn(_ take: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var buffer = [UInt8](repeating: 0, count: BufferSizes.read)
        while true {
            let count = try readPiece(&buffer)
            guard 0 < count else { return }
            try take(buffer.span.extracting(0..<count))
        }
    }

    /// Fills the beginning of the buffer with what one read gives; 0 at the end.
    private func readPiece(_ buffer: inout [UInt8]) throws(Failure) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            let number = errno
            if isInterrupted() { throw .interrupted }
            if 0 <= count {
                bytesRead += count
                return count
            }
            guard number == EINTR else {
                throw .input(["cannot read \(title) at byte \(bytesRead): \(errorText(number))"])
            }
        }
    }

    /// Notes that the packed data is damaged; what came before it is used.
    fileprivate func note(damage text: String) { if damage == nil { damage = text } }
}

/// The state of unpacking one input.
private struct Unpacking: ~Copyable {
    private var decompressor: Decompressor?
    private var hasFailed = false
    private(set) var isFinished = false
    private var unpacked = 0

    init(_ format: Decompressor.Format) {
        decompressor = try? Decompressor(format)
    }

    mutating func feed(
        _ input: Span<UInt8>, _ source: InputSource, _ take: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        guard !hasFailed else { return }
        var failure: Failure?
        var total = unpacked
        do throws(CompressionError) {
            let progress = try decompressor?.receive(input) { piece in
                total += piece.count
                do throws(Failure) {
                    try take(piece)
                } catch {
                    failure = error
                    return false
                }
                return total < Limits.standard.decompressedCaptureBytes
            }
            isFinished = progress?.isFinished ?? false
            if progress?.isStopped ?? true, failure == nil {
                hasFailed = true
                source.note(damage: "unpacking stopped at \(total) bytes, a bound of the reader")
            }
        } catch {
            hasFailed = true
            switch error {
            case .badData(let offset): source.note(damage: "the packed data is damaged at byte \(offset)")
            case .unsupported(let offset):
                source.note(
                    damage: "the packed data at byte \(offset) asks for something that is not supported")
            case .outOfMemory: source.note(damage: "there is not enough memory to unpack it")
            }
        }
        unpacked = total
        if let failure { throw failure }
    }
}
