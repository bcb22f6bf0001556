import FuzzDocuments
import FuzzSupport
import Testimony

/// Access logs.
@_cdecl("fuzz_accesslog_main")
public func fuzzAccessLog(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in compareCut(.accessLog, start, count) }
}
