import Compression
import Wire

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
    private var decompressor: Box?
    private var isBroken = false
    private var wireBytes = 0
    private var plainBytes = 0

    private final class Box {
        var value: Decompressor
        init(_ value: consuming Decompressor) { self.value = value }
    }

    init(windowBits: Int, standsAlone: Bool, limits: Limits) {
        self.windowBits = windowBits
        self.standsAlone = standsAlone
        expansionRatio = limits.expansionRatio
    }

    /// Whether compressed bytes can still be undone.
    var isUsable: Bool { !isBroken }

    /// Feeds a piece of a message's compressed bytes.
    func receive(_ bytes: Span<UInt8>, emit: (Span<UInt8>) -> Void) -> Outcome {
        guard !isBroken else { return .stopped }
        wireBytes += bytes.count
        guard let context = context() else { return .stopped }
        // A final block inside a message ends zlib's stream and not the message; what follows is another stream.
        var rest = bytes
        while true {
            let before = rest.count
            let progress: Decompressor.Progress
            do throws(CompressionError) {
                progress = try context.value.receive(rest) { piece in
                    plainBytes += piece.count
                    emit(piece)
                    return isWithinRatio
                }
            } catch {
                isBroken = true
                return .bad
            }
            guard isWithinRatio else {
                isBroken = true
                return .stopped
            }
            rest = rest.extracting(progress.consumed...)
            guard progress.isFinished else { return .good }
            context.value.resumeKeepingWindow()
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
        do throws(CompressionError) { try decompressor?.value.reset() } catch { isBroken = true }
    }

    private func context() -> Box? {
        if let decompressor { return decompressor }
        do throws(CompressionError) {
            decompressor = Box(try Decompressor(.rawDeflate(windowBits: windowBits)))
        } catch {
            isBroken = true
        }
        return decompressor
    }
}
