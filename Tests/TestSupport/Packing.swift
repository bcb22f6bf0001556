import CZlib
import CZstd

/// Bytes packed by zlib. `windowBits` is zlib's: 31 gzip, 15 zlib, -15 raw deflate.
package func deflated(_ plain: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    var input = plain
    var output = [UInt8](repeating: 0, count: plain.count + plain.count / 500 + 1000)
    wsdiag_deflateInit2(&stream, 9, windowBits, 8)
    let made = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { sink in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = sink.baseAddress
            stream.avail_out = UInt32(sink.count)
            deflate(&stream, Z_FINISH)
            return sink.count - Int(stream.avail_out)
        }
    }
    deflateEnd(&stream)
    return Array(output[..<made])
}

/// Bytes as a frame of zstd.
package func zstandard(_ plain: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(plain.count))
    let made = ZSTD_compress(&output, output.count, plain, plain.count, 3)
    return ZSTD_isError(made) == 0 ? Array(output[..<made]) : []
}

/// The bytes of a hexadecimal text; whatever is no digit is skipped.
package func bytes(hex text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
