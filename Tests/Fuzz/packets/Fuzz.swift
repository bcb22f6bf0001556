import Capture
import FuzzSupport
import Wire

/// Capture files, whole and in small pieces: both ways find the same packets.
@_cdecl("fuzz_packets_main")
public func fuzzPackets(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let file = bytes(start, count)
        let whole = read(file, pieceBytes: max(1, file.count))
        let pieces = read(file, pieceBytes: 7)
        precondition(whole == pieces, "the pieces must not matter")
        return 0
    }
}

/// What a file tells: packets with their lengths, the error's text, and what reassembly handed out.
private struct Answer: Equatable {
    var packets: [Packet] = []
    var lengths: [Int] = []
    var error = ""
}

private func read(_ file: [UInt8], pieceBytes: Int) -> Answer {
    var answer = Answer()
    var limits = Limits()
    limits.packetBytes = 4096
    var reader = PacketReader(limits: limits)
    var waiting: [UInt8] = []
    var position = 0
    repeat {
        let end = min(file.count, position + pieceBytes)
        waiting += file[position..<end]
        position = end
        do {
            let consumed = try reader.scan(waiting.span, isLast: end == file.count) { item, content in
                guard case .packet(let packet) = item else { return }
                answer.packets.append(packet)
                answer.lengths.append(content.count)
            }
            waiting.removeFirst(consumed)
        } catch {
            answer.error = "\(error)"
            return answer
        }
    } while position < file.count
    return answer
}
