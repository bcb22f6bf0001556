import Case
import FuzzSupport
import Testimony
import Wire

/// Documents read as har, whole and in two pieces: the same case or the same error.
@_cdecl("fuzz_har_main")
public func fuzzHAR(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let text = bytes(start, count)
        _ = DocumentFormat(text.span)
        let cut = text.isEmpty ? 0 : Int(text[0]) % (text.count + 1)
        let whole = read([text])
        let parts = read([Array(text[..<cut]), Array(text[cut...])])
        precondition(whole == parts, "a cut between pieces must change nothing")
        return 0
    }
}

private func read(_ pieces: [[UInt8]]) -> CaseFile? {
    var reader = DocumentFormat.har.reader(named: "fuzz")
    do {
        for piece in pieces { try reader.receive(piece.span) }
        return try reader.finish()
    } catch {
        return nil
    }
}
