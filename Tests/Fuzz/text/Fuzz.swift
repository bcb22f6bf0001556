import FuzzDocuments
import FuzzSupport
import Testimony

/// Pasted texts, whole: whatever was pasted, there is a report or a refusal.
@_cdecl("fuzz_text_main")
public func fuzzText(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in explain(.text, start, count, firstByteCuts: false) }
}
