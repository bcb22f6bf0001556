package import Case
import Dissect
import Wire

/// The case that capture files and a key log make, read in process.
/// - Parameters:
///   - captures: whole files, one timeline.
///   - pieceBytes: how many bytes arrive at a time.
///   - shards: how many pipelines share the streams.
package func readCase(
    _ captures: [[UInt8]], keyLog: [UInt8] = [], pieceBytes: Int = 1 << 18, shards: Int = 1
) -> CaseFile {
    var whole = read(captures, keyLog, pieceBytes, shard: 0, of: shards)
    for shard in 1..<max(shards, 1) {
        whole.absorb(read(captures, keyLog, pieceBytes, shard: shard, of: shards))
    }
    return whole.finish()
}

private func read(
    _ captures: [[UInt8]], _ keyLog: [UInt8], _ pieceBytes: Int, shard: Int, of shards: Int
) -> Pipeline {
    var pipeline = Pipeline(seed: 7 + UInt64(shard), shard: shard, of: shards)
    if !keyLog.isEmpty { pipeline.add(keyLog: keyLog.span, named: "client.keys") }
    for (index, capture) in captures.enumerated() {
        pipeline.begin("capture\(index + 1)")
        var (waiting, position): ([UInt8], Int) = ([], 0)
        do {
            repeat {
                let end = min(capture.count, position + pieceBytes)
                waiting += capture[position..<end]
                position = end
                let consumed = try pipeline.scan(waiting.span, isLast: position == capture.count)
                waiting.removeFirst(consumed)
            } while position < capture.count
            pipeline.end(bytes: capture.count, damage: nil)
        } catch {
            pipeline.end(bytes: capture.count, damage: error)
        }
    }
    return pipeline
}
