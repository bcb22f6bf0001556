import JSON
import Wire

/// Whether a document begins like a HAR: an object with `log`, which has members that only a HAR's has; or those
/// members at once.
func looksLikeHAR(_ beginning: Span<UInt8>) -> Bool {
    var cutter = JSONCutter(limits: .standard) { path, first in
        switch path.count {
        case 0: return first == 0x7b ? .open : .pass
        case 1:
            guard case .member(let name) = path[0] else { return .pass }
            if name == "log" { return .open }
            return harMembers.contains(name) ? .open : .pass
        case 2:
            guard path[0] == .member("log"), case .member(let name) = path[1] else { return .pass }
            return harMembers.contains(name) ? .open : .pass
        default: return .pass
        }
    }
    var found: Set<String> = []
    do throws(JSONError) {
        while let event = try cutter.next(beginning) {
            guard event == .opened, let last = cutter.path.last, case .member(let name) = last else {
                continue
            }
            // Containers that only a HAR has in these places: entries, creator, browser, pages.
            if name == "entries" || 1 < cutter.path.count { return true }
            found.insert(name)
            if 2 <= found.subtracting(["log"]).count { return true }
        }
    } catch {
        // `{"log": [2, 1, 3] "…`: meant to be one, and the reader says what is wrong.
        return found.contains("log")
    }
    return false
}

private let harMembers: Set<String> = ["entries", "creator", "browser", "pages"]
