import Case
import JSON
import Wire

/// A log that another program wrote anew, laid out as it may be: walked element by element.
struct NetLogElements {
    private let limits: Limits
    private var cutter: JSONCutter
    private var tooLong = 0
    private var error: JSONError?

    init(limits: Limits) {
        self.limits = limits
        var bounds = limits
        bounds.jsonBytes = min(limits.jsonBytes, limits.logLineBytes)
        cutter = JSONCutter(limits: bounds) { path, _ in
            switch path.first {
            case nil: .open
            case .member("constants"): .keep
            case .member("events"): path.count == 1 ? .open : .keep
            default: .pass
            }
        }
    }

    mutating func receive(_ piece: Span<UInt8>, _ story: inout NetLogStory) throws(DocumentError) {
        guard error == nil else { return }
        do {
            while let event = try cutter.next(piece) {
                switch event {
                case .value(let range?): try take(piece.extracting(range), &story)
                case .value(nil): try take(cutter.held.span, &story)
                case .tooLong: tooLong += 1
                case .opened, .closed: break
                }
            }
        } catch let problem as JSONError {
            // What came before the damage is there.
            error = problem
            if story.constants == nil {
                throw DocumentError(
                    "line \(problem.line), column \(problem.column): this net-export is no JSON")
            }
        } catch let problem as DocumentError {
            throw problem
        } catch {}
    }

    /// Ends the document; answers whether its end was seen.
    mutating func finish(_ story: inout NetLogStory) throws(DocumentError) -> Bool {
        if 0 < tooLong { story.leftOut(tooLong) }
        if let error { story.damaged(Place(input: 0, position: .line(error.line, column: error.column))) }
        return cutter.isWhole && error == nil
    }

    private func take(_ value: Span<UInt8>, _ story: inout NetLogStory) throws(DocumentError) {
        guard cutter.path.first == .member("events") else {
            guard let constants = try? JSONValue(reading: value, limits: limits) else {
                throw DocumentError("/constants: the constants of this net-export are no JSON")
            }
            story.constants = NetLogConstants(constants)
            return
        }
        guard story.constants != nil else {
            throw DocumentError(
                "/events: the events of this net-export stand before its constants, without "
                    + "which their numbers mean nothing")
        }
        story.take(json: value, Place(input: 0, position: .pointer(cutter.pointer)), limits)
    }
}
