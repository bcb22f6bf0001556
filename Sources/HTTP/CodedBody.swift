package import Case
package import Wire

extension Body {
    /// A whole body of which the transfer coding was undone already, and the content codings were not.
    ///
    /// Shape: `codings` in the order of Content-Encoding, lower case.
    package init(coded bytes: Span<UInt8>, codings: [String], limits: Limits) {
        var decoder = CodingDecoder(codings.reversed(), limits: limits)
        decoder.receive(bytes)
        let result = decoder.finish()
        let completeness: Completeness =
            switch result.state {
            case .whole: .complete
            case .cut: .cutShort
            case .coded: .notDecoded
            }
        self.init(
            bytes: result.bytes, wireLength: bytes.count, length: result.length, completeness: completeness)
    }
}
