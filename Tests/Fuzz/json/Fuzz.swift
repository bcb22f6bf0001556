import FuzzSupport
import JSON
import Wire

/// JSON texts: whatever is read is written and read again as itself.
@_cdecl("fuzz_json_main")
public func fuzzJSON(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let text = bytes(start, count)
        _ = try? JSONValue.prefix(text.span)
        guard let value = try? JSONValue(reading: text.span) else { return 0 }
        var writer = JSONWriter(.compact)
        writer.value(value)
        precondition(
            (try? JSONValue(reading: writer.take().span)) != nil, "what was written must be readable")
        return 0
    }
}
