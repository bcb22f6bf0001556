import CBrotli
import CZlib
import CZstd

/// Where a decompressor makes the pieces that it hands out. Several may share one that are not used within one
/// another's `emit`, by one thread.
@safe package final class OutputPiece {
    fileprivate let bytes: UnsafeMutableBufferPointer<UInt8>

    /// Room for pieces of so many bytes.
    package init(bytes count: Int) { bytes = .allocate(capacity: max(1, count)) }

    deinit { bytes.deallocate() }
}

/// Undoes one compressed stream, piece by piece, in bounded memory.
///
/// Laws: the library's context is allocated at `init` and freed with the value; no call keeps input or output; each
/// piece of output is handed out before the next one is made, so that a bomb costs the reader what it lets pass.
package struct Decompressor: ~Copyable {
    /// The format of the stream.
    package enum Format: Sendable, Equatable {
        /// RFC 1952, with concatenated members.
        case gzip
        /// RFC 1950.
        case zlib
        /// RFC 1951 without any frame; window bits 8 to 15 as RFC 7692 negotiates them.
        case rawDeflate(windowBits: Int)
        /// RFC 7932.
        case brotli
        /// RFC 8878, with concatenated and skippable frames.
        case zstd
    }

    /// What one call did.
    package struct Progress: Sendable, Equatable {
        /// Bytes of the input that were used up.
        package var consumed: Int
        /// Whether the stream is at an end. A gzip or zstd stream goes on when it is fed another member.
        package var isFinished: Bool
        /// Whether `emit` asked to stop; the rest of the input may be fed again to go on.
        package var isStopped: Bool

        /// What one call did.
        package init(consumed: Int, isFinished: Bool, isStopped: Bool) {
            self.consumed = consumed
            self.isFinished = isFinished
            self.isStopped = isStopped
        }
    }

    /// What one step of a library did.
    enum Step { case goOn, needsInput, finished }

    private enum Engine {
        case deflate(UnsafeMutablePointer<z_stream>)
        case brotli(OpaquePointer)
        case zstd(OpaquePointer)
    }

    private let format: Format
    private var engine: Engine
    /// Where a piece of output is made; it serves every call, because messages are small and many.
    private let output: OutputPiece
    private var isAtEnd = false
    /// Whether a member of a gzip file has ended, so that what follows may be padding.
    private var hasEndedMember = false
    private var memberInput = 0
    private var totalInput = 0

    /// A context for one stream. `output` is where pieces of its output are made; without one it has its own.
    ///
    /// Throws: `outOfMemory`.
    package init(_ format: Format, output: OutputPiece? = nil) throws(CompressionError) {
        self.format = format
        switch format {
        case .gzip, .zlib, .rawDeflate: engine = .deflate(try newInflater(windowBits: format.zlibWindowBits))
        case .brotli:
            guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else { throw .outOfMemory }
            engine = .brotli(state)
        case .zstd:
            guard let state = ZSTD_createDCtx() else { throw .outOfMemory }
            engine = .zstd(state)
        }
        self.output = output ?? OutputPiece(bytes: format.pieceBytes)
    }

    deinit {
        switch engine {
        case .deflate(let stream):
            inflateEnd(stream)
            stream.deinitialize(count: 1)
            stream.deallocate()
        case .brotli(let state): BrotliDecoderDestroyInstance(state)
        case .zstd(let state): ZSTD_freeDCtx(state)
        }
    }

    /// Feeds input. `emit` gets each piece of output and says whether to go on.
    ///
    /// Shape: a piece is 1 byte to 64 KiB. Output is as complete as the input allows.
    /// Throws: `badData` or `unsupported`, after everything before the bad place was emitted.
    package mutating func receive(
        _ input: Span<UInt8>, emit: (Span<UInt8>) -> Bool
    ) throws(CompressionError) -> Progress {
        if isAtEnd, !(try beginsNextMember(input)) {
            return Progress(consumed: 0, isFinished: true, isStopped: false)
        }
        var outcome: Result<Progress, CompressionError> = .failure(.outOfMemory)
        input.withUnsafeBufferPointer { outcome = run($0, emit) }
        return try outcome.get()
    }

    /// Makes the context as new, for another stream of the same format.
    ///
    /// Throws: `outOfMemory`.
    package mutating func reset() throws(CompressionError) {
        isAtEnd = false
        hasEndedMember = false
        memberInput = 0
        totalInput = 0
        switch engine {
        case .deflate(let stream):
            guard inflateReset(stream) == Z_OK else { throw .outOfMemory }
        case .brotli(let state):
            guard let fresh = BrotliDecoderCreateInstance(nil, nil, nil) else { throw .outOfMemory }
            BrotliDecoderDestroyInstance(state)
            engine = .brotli(fresh)
        case .zstd(let state): ZSTD_DCtx_reset(state, ZSTD_reset_session_only)
        }
    }

    /// Lets a deflate stream that has ended go on with another one that may refer to its window.
    /// RFC 7692 §7.2.3.4 needs this: a message may end with a final block and the next one still use the window.
    ///
    /// Shape: does nothing unless the stream is deflate and has ended.
    package mutating func resumeKeepingWindow() {
        guard isAtEnd, case .deflate(let stream) = engine else { return }
        isAtEnd = inflateResetKeep(stream) != Z_OK
    }

    /// After an end: whether the input goes on with another member, for which the context is then ready.
    private mutating func beginsNextMember(_ input: Span<UInt8>) throws(CompressionError) -> Bool {
        guard 0 < input.count else { return false }
        switch (format, engine) {
        case (.gzip, .deflate(let stream)):
            // Files are often padded with zeros; only another magic number goes on.
            guard input[0] == 0x1f, inflateReset(stream) == Z_OK else { return false }
        case (.zstd, _):
            // Frame magic FD2FB528, skippable 184D2A5x, both little-endian.
            guard input[0] == 0x28 || input[0] & 0xf0 == 0x50 else { return false }
        default: return false
        }
        isAtEnd = false
        memberInput = 0
        return true
    }

    private mutating func run(
        _ input: UnsafeBufferPointer<UInt8>, _ emit: (Span<UInt8>) -> Bool
    ) -> Result<Progress, CompressionError> {
        var consumed = 0
        while true {
            let rest = UnsafeBufferPointer(rebasing: input[consumed...])
            var used = 0
            var made = 0
            let step = step(rest, &used, &made)
            consumed += used
            totalInput += used
            memberInput += used
            if 0 < made, !emit(UnsafeBufferPointer(rebasing: output.bytes[..<made]).span) {
                if case .success(.finished) = step { endMember() }
                return .success(Progress(consumed: consumed, isFinished: isAtEnd, isStopped: true))
            }
            switch step {
            case .failure(let error):
                // What follows the last member and is no member is padding, not an error.
                guard hasEndedMember, memberInput <= 10 else { return .failure(error) }
                isAtEnd = true
                return .success(Progress(consumed: consumed, isFinished: true, isStopped: false))
            case .success(.needsInput):
                return .success(Progress(consumed: consumed, isFinished: false, isStopped: false))
            case .success(.finished):
                endMember()
                let next = UnsafeBufferPointer(rebasing: input[consumed...]).span
                guard let goesOn = try? beginsNextMember(next), goesOn else {
                    return .success(Progress(consumed: consumed, isFinished: true, isStopped: false))
                }
            case .success(.goOn):
                // A library that neither takes nor gives would never end.
                guard 0 < used || 0 < made else {
                    return .success(Progress(consumed: consumed, isFinished: false, isStopped: false))
                }
            }
        }
    }

    private mutating func endMember() {
        isAtEnd = true
        hasEndedMember = true
    }

    private func step(
        _ input: UnsafeBufferPointer<UInt8>, _ used: inout Int, _ made: inout Int
    ) -> Result<Step, CompressionError> {
        switch engine {
        case .deflate(let stream): inflateStep(stream, input, output.bytes, &used, &made, at: totalInput)
        case .brotli(let state): brotliStep(state, input, output.bytes, &used, &made, at: totalInput)
        case .zstd(let state): zstdStep(state, input, output.bytes, &used, &made, at: totalInput)
        }
    }
}

extension Decompressor.Format {
    /// zlib's way to say which frame is expected: negative is none, above 15 is gzip.
    fileprivate var zlibWindowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        // zlib itself writes a window of 512 bytes where 256 was asked for, so 9 is the least that is read.
        case .rawDeflate(let bits): -Int32(min(max(bits, 9), 15))
        default: 15
        }
    }

    /// The size of an output piece. Messages are small and capture files are not.
    fileprivate var pieceBytes: Int {
        if case .rawDeflate = self { return 16 << 10 }
        return 64 << 10
    }
}
