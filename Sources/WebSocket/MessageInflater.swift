import Compression
import Wire

/// Where inflated bytes are made, of all sessions.
final class InflatingRoom {
    let piece = OutputPiece(bytes: 16 << 10)
}

/// Undoes permessage-deflate for one direction (RFC 7692 §7.2.2). A class, because a context cannot be copied.
///
/// Laws: the context is made with the first compressed message; after bad data or a gap nothing more is inflated
/// unless every message stands alone.
final class MessageInflater {
    /// What a piece of a message led to.
    enum Outcome { case good, bad, stopped }

    private let windowBits: Int
    private let standsAlone: Bool
    private let expansionRatio: Int
    private var decompressor: Decompressor?
    private var isBroken = false
    private var wireBytes = 0
    private var plainBytes = 0
    private let scratch: SessionScratch

    init(windowBits: Int, standsAlone: Bool, scratch: SessionScratch) {
        self.scratch = scratch
        self.windowBits = windowBits
        self.standsAlone = standsAlone
        expansionRatio = scratch.limits.expansionRatio
    }

    /// Whether compressed bytes can still be undone.
    var isUsable: Bool { !isBroken }

    /// Feeds a piece of a message's compressed bytes.
    func receive(_ bytes: Span<UInt8>, emit: (Span<UInt8>) -> Void) -> Outcome {
        guard !isBroken else { return .stopped }
        wireBytes += bytes.count
        guard prepare() else { return .stopped }
        // A final block inside a message ends zlib's stream and not the message; what follows is another stream.
        var rest = bytes
        while true {
            let before = rest.count
            let progress: Decompressor.Progress?
            do throws(CompressionError) {
                progress = try decompressor?.receive(rest) { piece in
                    plainBytes += piece.count
                    emit(piece)
                    return isWithinRatio
                }
            } catch {
                isBroken = true
                return .bad
            }
            guard isWithinRatio, let progress else {
                isBroken = true
                return .stopped
            }
            rest = rest.extracting(progress.consumed...)
            guard progress.isFinished else { return .good }
            decompressor?.resumeKeepingWindow()
            guard 0 < rest.count, rest.count < before else { return .good }
        }
    }

    /// Ends a message: the four bytes that the sender left out are put back.
    func endMessage(emit: (Span<UInt8>) -> Void) -> Outcome {
        let outcome = receive(Self.tail.span, emit: emit)
        wireBytes = 0
        plainBytes = 0
        if standsAlone { startAnew() }
        return outcome
    }

    /// Takes the fact that compressed bytes are missing: what follows may refer to them.
    func lose() { isBroken = true }

    /// Ends a damaged message.
    func abandonMessage() {
        wireBytes = 0
        plainBytes = 0
        if standsAlone { startAnew() }
    }

    private static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

    /// Small messages may unfold as far as they like; a bomb may not.
    private var isWithinRatio: Bool { plainBytes <= 1 << 20 || plainBytes / expansionRatio <= wireBytes }

    private func startAnew() {
        isBroken = false
        do throws(CompressionError) { try decompressor?.reset() } catch { isBroken = true }
    }

    /// Makes the context with the first compressed bytes; whether there is one.
    private func prepare() -> Bool {
        guard decompressor == nil else { return true }
        do throws(CompressionError) {
            decompressor = try Decompressor(
                .rawDeflate(windowBits: windowBits), output: scratch.inflating.piece)
        } catch {
            isBroken = true
        }
        return !isBroken
    }
}
