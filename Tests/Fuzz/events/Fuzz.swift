import FuzzDocuments
import FuzzSupport
import Testimony

/// Events of browsers.
@_cdecl("fuzz_events_main")
public func fuzzEvents(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in explain(.browserEvents, start, count) }
}
