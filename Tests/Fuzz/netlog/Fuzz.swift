import FuzzDocuments
import FuzzSupport
import Testimony

/// Network logs of browsers.
@_cdecl("fuzz_netlog_main")
public func fuzzNetLog(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in explain(.netLog, start, count) }
}
