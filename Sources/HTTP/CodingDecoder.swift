import Case
import Compression
import Wire

/// Undoes the codings of one body and keeps its beginning.
///
/// Law: a coding that is unknown, damaged or unfolds beyond `Limits.expansionRatio` leaves the body as it stood on
/// the wire, and says so.
struct CodingDecoder {
    /// What became of a body.
    struct Result {
        var bytes: [UInt8]
        var length: Int
        var state: State
    }

    /// How far the codings of a body were undone.
    enum State {
        /// To the end.
        case whole
        /// As far as the bytes came.
        case cut
        /// Not at all.
        case coded
    }

    /// A chain of decompressors, which cannot be copied.
    private final class Chain {
        var stages: [Stage] = []
    }

    private final class Stage {
        var decompressor: Decompressor
        var isFinished = false
        init(_ decompressor: consuming Decompressor) { self.decompressor = decompressor }
    }

    private let limits: Limits
    private let codings: [String]
    private var chain: Chain?
    private var isReadable: Bool
    private var isLost = false
    private var raw: [UInt8] = []
    private var decoded: [UInt8] = []
    private var rawLength = 0
    private var decodedLength = 0

    init(_ codings: [String], limits: Limits) {
        self.codings = codings
        self.limits = limits
        isReadable = codings.count <= 3 && codings.allSatisfy { Self.known.contains($0) }
    }

    private static let known: Set<String> = ["gzip", "x-gzip", "deflate", "br", "zstd"]

    /// Takes bytes as they stood on the wire.
    mutating func receive(_ bytes: Span<UInt8>) {
        rawLength += bytes.count
        let room = limits.bodyBytes - raw.count
        if 0 < room { raw.append(bytes.extracting(first: min(room, bytes.count))) }
        guard !codings.isEmpty, isReadable else { return }
        if chain == nil { chain = makeChain(bytes) }
        guard let chain, pass(bytes, through: chain.stages[...]) else {
            isReadable = false
            return
        }
    }

    /// Takes the fact that bytes are missing: nothing after them can be undone.
    mutating func lose() {
        guard !codings.isEmpty, isReadable else { return }
        isLost = true
        isReadable = false
    }

    /// The body as far as it came. What was undone before a gap is kept; what could not be undone stays as it stood.
    func finish() -> Result {
        if codings.isEmpty || rawLength == 0 {
            return Result(bytes: raw, length: rawLength, state: .whole)
        }
        if isReadable {
            let isWhole = chain?.stages.allSatisfy(\.isFinished) ?? false
            return Result(bytes: decoded, length: decodedLength, state: isWhole ? .whole : .cut)
        }
        if isLost { return Result(bytes: decoded, length: decodedLength, state: .cut) }
        return Result(bytes: raw, length: rawLength, state: .coded)
    }

    private mutating func pass(_ bytes: Span<UInt8>, through stages: ArraySlice<Stage>) -> Bool {
        guard let stage = stages.first else {
            decodedLength += bytes.count
            let room = limits.bodyBytes - decoded.count
            if 0 < room { decoded.append(bytes.extracting(first: min(room, bytes.count))) }
            return decodedLength <= limits.bodyBytes || decodedLength / limits.expansionRatio <= rawLength
        }
        var isGood = true
        do throws(CompressionError) {
            let progress = try stage.decompressor.receive(bytes) { piece in
                isGood = pass(piece, through: stages.dropFirst())
                return isGood
            }
            stage.isFinished = progress.isFinished
        } catch {
            return false
        }
        return isGood
    }

    private func makeChain(_ beginning: Span<UInt8>) -> Chain? {
        let chain = Chain()
        for coding in codings {
            do throws(CompressionError) {
                chain.stages.append(Stage(try Decompressor(format(of: coding, beginning))))
            } catch {
                return nil
            }
        }
        return chain
    }

    /// `deflate` is zlib (RFC 9110 §8.4.1.2); some senders leave its header out, which the first byte shows.
    private func format(of coding: String, _ beginning: Span<UInt8>) -> Decompressor.Format {
        switch coding {
        case "gzip", "x-gzip": return .gzip
        case "br": return .brotli
        case "zstd": return .zstd
        default:
            let isFramed = 0 < beginning.count && beginning[0] & 0x0f == 8
            return isFramed ? .zlib : .rawDeflate(windowBits: 15)
        }
    }
}
