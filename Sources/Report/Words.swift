import Case
import Wire

/// A span of time in words: `41 ms`, `6.2 s`, `59 min`, `1 h 2 min`, `23 h`, `3 days`. The sign is left out.
package func durationText(_ seconds: Double) -> String {
    let length = abs(seconds)
    guard length.isFinite, length < 1e12 else { return "a very long time" }
    if length < 0.000_1 { return "\(Int((length * 1_000_000).rounded())) µs" }
    if length < 0.01 { return tenths(length * 1000) + " ms" }
    if length < 0.999_5 { return "\(Int((length * 1000).rounded())) ms" }
    if length < 9.95 { return tenths(length) + " s" }
    if length < 119.5 { return "\(Int(length.rounded())) s" }
    let minutes = Int((length / 60).rounded())
    if minutes < 60 { return "\(minutes) min" }
    if minutes < 48 * 60 {
        return "\(minutes / 60) h" + (minutes % 60 == 0 || 24 * 60 <= minutes ? "" : " \(minutes % 60) min")
    }
    let days = length / 86_400
    return days < 730 ? counted(Int(days.rounded()), "day") : tenths(days / 365.25) + " years"
}

private func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return scaled % 10 == 0 ? "\(scaled / 10)" : "\(scaled / 10).\(scaled % 10)"
}

/// `12 bytes`, `64 KiB`, `1.5 MiB`.
func sizeText(_ bytes: Int) -> String {
    if bytes < 10_000 { return counted(bytes, "byte") }
    if bytes < 1 << 20 { return "\((bytes + 512) >> 10) KiB" }
    return tenths(Double(bytes) / 1_048_576) + " MiB"
}

/// Numbers as ranges: `13-40, 55`, at most `most` of them.
func rangesText(_ numbers: [Int], prefix: String = "#", most: Int = 8) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
        if let last = ranges.last, last.upperBound + 1 == number {
            ranges[ranges.count - 1] = last.lowerBound...number
        } else {
            ranges.append(number...number)
        }
    }
    let parts = ranges.prefix(most).map {
        $0.count == 1 ? "\(prefix)\($0.lowerBound)" : "\(prefix)\($0.lowerBound)-\(prefix)\($0.upperBound)"
    }
    return parts.joined(separator: ", ") + (most < ranges.count ? ", …" : "")
}

extension CaseFile {
    /// `frame 14`, `frames 14, 16`, and with several inputs `a.pcapng frame 14`; nil without places.
    func placesText(_ places: [Place]) -> String? {
        var parts: [String] = []
        var frames: [Int] = []
        var input: Int?
        func flush() {
            guard let current = input, !frames.isEmpty else { return }
            let name = 1 < captureCount ? inputName(current) + " " : ""
            let list = frames.map(String.init).joined(separator: ", ")
            parts.append(name + (frames.count == 1 ? "frame " : "frames ") + list)
            frames = []
        }
        for place in places {
            if place.input != input { flush() }
            input = place.input
            switch place.position {
            case .frame(let number, _): if !frames.contains(number) { frames.append(number) }
            case .line(let line, let column):
                flush()
                parts.append("\(inputName(place.input)):\(line):\(column)")
            case .pointer(let pointer):
                flush()
                parts.append("\(inputName(place.input)) \(pointer)")
            }
        }
        flush()
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The name of an input; `input 3` where there is none such.
    func inputName(_ index: Int) -> String {
        inputs.indices.contains(index) ? visible(inputs[index].name) : "input \(index + 1)"
    }

    /// Inputs that hold packets.
    var captureCount: Int { inputs.filter { $0.packets != nil }.count }
}

extension Attempt {
    /// `101`, `403`, `no answer`, … as a list shows it.
    var outcomeText: String {
        switch outcome {
        case .opened: "open"
        case .refused: "refused \(status.map(String.init) ?? "?")"
        case .failed: "failed"
        case .incomplete: "unfinished"
        }
    }
}
