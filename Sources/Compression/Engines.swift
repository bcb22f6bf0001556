import CBrotli
import CZlib
import CZstd

// One function per library: it runs the library once over what is left of the input, with one empty output buffer.

/// A zlib context that stays where it is: zlib keeps a pointer back to it.
func newInflater(windowBits: Int32) throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard wsdiag_inflateInit2(stream, windowBits) == Z_OK else {
        stream.deinitialize(count: 1)
        stream.deallocate()
        throw .outOfMemory
    }
    return stream
}

func inflateStep(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeBufferPointer<UInt8>,
    _ output: UnsafeMutableBufferPointer<UInt8>, _ used: inout Int, _ made: inout Int, at offset: Int
) -> Result<Decompressor.Step, CompressionError> {
    // zlib counts in 32 bits.
    let offered = min(input.count, 1 << 30)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    stream.pointee.avail_in = UInt32(offered)
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let code = inflate(stream, Z_SYNC_FLUSH)
    used = offered - Int(stream.pointee.avail_in)
    made = output.count - Int(stream.pointee.avail_out)
    stream.pointee.next_in = nil
    stream.pointee.next_out = nil
    switch code {
    case Z_OK:
        // Room that is left in the output means that everything that could be told was told.
        return .success(used == input.count && made < output.count ? .needsInput : .goOn)
    case Z_BUF_ERROR: return .success(.needsInput)
    case Z_STREAM_END: return .success(.finished)
    case Z_NEED_DICT: return .failure(.unsupported(at: offset + used))
    case Z_MEM_ERROR: return .failure(.outOfMemory)
    default: return .failure(.badData(at: offset + used))
    }
}

func brotliStep(
    _ state: OpaquePointer, _ input: UnsafeBufferPointer<UInt8>,
    _ output: UnsafeMutableBufferPointer<UInt8>, _ used: inout Int, _ made: inout Int, at offset: Int
) -> Result<Decompressor.Step, CompressionError> {
    var availableInput = input.count
    var nextInput = input.baseAddress
    var availableOutput = output.count
    var nextOutput = output.baseAddress
    let result = BrotliDecoderDecompressStream(
        state, &availableInput, &nextInput, &availableOutput, &nextOutput, nil)
    used = input.count - availableInput
    made = output.count - availableOutput
    switch result {
    case BROTLI_DECODER_RESULT_SUCCESS: return .success(.finished)
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return .success(.needsInput)
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: return .success(.goOn)
    default: return .failure(.badData(at: offset + used))
    }
}

func zstdStep(
    _ state: OpaquePointer, _ input: UnsafeBufferPointer<UInt8>,
    _ output: UnsafeMutableBufferPointer<UInt8>, _ used: inout Int, _ made: inout Int, at offset: Int
) -> Result<Decompressor.Step, CompressionError> {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var sink = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = ZSTD_decompressStream(state, &sink, &source)
    used = source.pos
    made = sink.pos
    if ZSTD_isError(result) != 0 {
        // A frame may ask for a window of gigabytes; the library's own bound is 128 MiB.
        let asksTooMuch = ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge
        return .failure(asksTooMuch ? .unsupported(at: offset + used) : .badData(at: offset + used))
    }
    if result == 0 { return .success(.finished) }
    return .success(used == input.count && made < output.count ? .needsInput : .goOn)
}
