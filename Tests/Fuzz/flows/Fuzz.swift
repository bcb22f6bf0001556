import FuzzDocuments
import FuzzSupport
import Testimony

/// Flow files.
@_cdecl("fuzz_flows_main")
public func fuzzFlows(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in explain(.flows, start, count) }
}
