import TestSupport
import Testing

@testable import Compression

private let sentence = Array("upgrade refused, upgrade refused: 401".utf8)

private struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var format: Decompressor.Format
    var coded: [UInt8]
    var testDescription: String { name }
}

private let samples = [
    Sample(
        name: "gzip", format: .gzip,
        coded: bytes(
            hex:
                "1f8b08000000000002032b2d482f4a4c4955284a4d2b2d4e4dd151284515b0523031300400b1b4450625000000")),
    Sample(
        name: "zlib", format: .zlib,
        coded: bytes(hex: "789c2b2d482f4a4c4955284a4d2b2d4e4dd151284515b05230313004000a630d28")),
    Sample(
        name: "raw deflate", format: .rawDeflate(windowBits: 15),
        coded: bytes(hex: "2b2d482f4a4c4955284a4d2b2d4e4dd151284515b0523031300400")),
    Sample(
        name: "brotli", format: .brotli,
        coded: bytes(hex: "1b240000045a72a4370f6a8b527af99e441564a4911487f257205cd94fa0a30e")),
    Sample(
        name: "zstd", format: .zstd,
        coded: bytes(
            hex: "28b52ffd0458e50000b07570677261646520726566757365642c203a203430310100a99b4b0436ee5d")),
]

@Test("A stream unfolds the same whole, byte by byte and with bytes after it", arguments: samples)
private func unfoldsEveryWay(_ sample: Sample) throws {
    #expect(try unfold(sample.coded, sample.format) == Outcome(bytes: sentence, isFinished: true))
    #expect(try unfold(sample.coded, sample.format, step: 1) == Outcome(bytes: sentence, isFinished: true))
    let trailed = try unfold(sample.coded + [0, 0, 0, 7], sample.format)
    #expect(trailed == Outcome(bytes: sentence, isFinished: true))
}

@Test("A stream that is cut short is never called finished and gives a beginning", arguments: samples)
private func cutShort(_ sample: Sample) throws {
    for length in 0..<sample.coded.count {
        let outcome = try unfold(Array(sample.coded[..<length]), sample.format)
        #expect(!outcome.isFinished, "cut at \(length)")
        #expect(sentence.starts(with: outcome.bytes), "cut at \(length)")
    }
}

@Test("A stream with flipped bits ends in an error or in bytes, never in a trap", arguments: samples)
private func flipped(_ sample: Sample) {
    for index in sample.coded.indices {
        for bit in 0..<8 {
            var damaged = sample.coded
            damaged[index] ^= 1 << bit
            _ = try? unfold(damaged, sample.format)
            _ = try? unfold(damaged, sample.format, step: 1)
        }
    }
}

@Test("Members that follow one another are one stream", arguments: samples.filter { $0.format != .brotli })
private func concatenated(_ sample: Sample) throws {
    let twice = sample.coded + sample.coded
    let isJoined = sample.format == .gzip || sample.format == .zstd
    for step in [twice.count, 1, 7] {
        let outcome = try unfold(twice, sample.format, step: step)
        #expect(outcome.bytes == (isJoined ? sentence + sentence : sentence))
        #expect(outcome.isFinished)
    }
}

@Test("A bomb is handed out in pieces of 64 KiB at most and stops when it is told to")
func bomb() throws {
    let coded = deflated([UInt8](repeating: 0, count: 16 << 20), windowBits: 31)
    #expect(coded.count < 20_000)
    var decompressor = try Decompressor(.gzip)
    var total = 0
    var largest = 0
    let progress = try decompressor.receive(coded.span) { piece in
        total += piece.count
        largest = max(largest, piece.count)
        return total < 1 << 20
    }
    #expect(progress.isStopped)
    #expect(!progress.isFinished)
    #expect(largest <= 64 << 10)
    #expect(total < (1 << 20) + (64 << 10))
    let rest = Array(coded[progress.consumed...])
    let goesOn = try decompressor.receive(rest.span) { piece in
        total += piece.count
        return true
    }
    #expect(goesOn.isFinished)
    #expect(total == 16 << 20)
}

@Test("A reset context reads another stream of its format", arguments: samples)
private func resets(_ sample: Sample) throws {
    var decompressor = try Decompressor(sample.format)
    _ = try decompressor.receive(Array(sample.coded.prefix(9)).span) { _ in true }
    try decompressor.reset()
    var bytes: [UInt8] = []
    let progress = try decompressor.receive(sample.coded.span) { piece in
        for index in 0..<piece.count { bytes.append(piece[index]) }
        return true
    }
    #expect(bytes == sentence)
    #expect(progress.isFinished)
}

@Test("Bytes of no format are refused with the place", arguments: [Decompressor.Format.gzip, .zlib, .zstd])
func refused(_ format: Decompressor.Format) {
    let text = Array("GET / HTTP/1.1\r\n\r\n".utf8)
    #expect(throws: CompressionError.self) { try unfold(text, format) }
}

@Test("A window of gigabytes is refused")
func hugeWindow() {
    // A zstd frame header with window descriptor 90: 256 MiB.
    #expect(throws: CompressionError.unsupported(at: 0)) {
        try unfold(bytes(hex: "28b52ffd0090010000"), .zstd)
    }
}

@Test("A window survives the end of a raw stream when it is resumed (RFC 7692 7.2.3.4)")
func windowSurvives() throws {
    var decompressor = try Decompressor(.rawDeflate(windowBits: 15))
    var unfolded: [UInt8] = []
    func feed(_ input: [UInt8]) throws {
        _ = try decompressor.receive(input.span) { piece in
            for index in 0..<piece.count { unfolded.append(piece[index]) }
            return true
        }
        decompressor.resumeKeepingWindow()
    }
    try feed(bytes(hex: "f348cdc9c907000000ffff"))
    // A match of 5 bytes at distance 5, then the end of the block.
    try feed(bytes(hex: "f248cdc9c907000000ffff"))
    try feed(bytes(hex: "f200110000") + bytes(hex: "0000ffff"))
    #expect(unfolded == Array("HelloHelloHello".utf8))
}

private struct Outcome: Equatable {
    var bytes: [UInt8]
    var isFinished: Bool
}

/// Feeds `coded` in pieces of `step` bytes.
private func unfold(_ coded: [UInt8], _ format: Decompressor.Format, step: Int = .max) throws -> Outcome {
    var decompressor = try Decompressor(format)
    var outcome = Outcome(bytes: [], isFinished: false)
    var offset = 0
    while offset < coded.count {
        let end = offset + min(step, coded.count - offset)
        let piece = Array(coded[offset..<end])
        let progress = try decompressor.receive(piece.span) { output in
            for index in 0..<output.count { outcome.bytes.append(output[index]) }
            return true
        }
        outcome.isFinished = progress.isFinished
        if progress.isFinished, progress.consumed == 0 { break }
        offset = end
    }
    return outcome
}
