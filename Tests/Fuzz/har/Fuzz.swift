import FuzzDocuments
import FuzzSupport
import Testimony

/// HTTP archives.
@_cdecl("fuzz_har_main")
public func fuzzHAR(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in compareCut(.har, start, count) }
}
