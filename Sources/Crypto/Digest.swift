import COpenSSL
import Wire

/// A hash function.
package enum HashAlgorithm: Int, Sendable, Equatable, CaseIterable {
    case md5
    case sha1
    case sha256
    case sha384
    case sha512

    /// How long its digests are. Bytes.
    package var digestBytes: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}

/// The digest of `bytes`.
///
/// Shape: `algorithm.digestBytes` bytes.
package func digest(_ algorithm: HashAlgorithm, _ bytes: Span<UInt8>) -> [UInt8] {
    bytes.withUnsafeBufferPointer { input in
        [UInt8](unsafeUninitializedCapacity: algorithm.digestBytes) { output, count in
            let done = EVP_Digest(
                input.baseAddress, input.count, output.baseAddress, nil, algorithm.implementation, nil)
            precondition(done == 1, "the cryptographic library refused a digest")
            count = algorithm.digestBytes
        }
    }
}

/// The HMAC (RFC 2104) of `bytes` under `key`.
///
/// Made of two digests: to set up the library's HMAC takes four times as long as to compute one.
/// Shape: `algorithm.digestBytes` bytes.
package func hmac(_ algorithm: HashAlgorithm, key: Span<UInt8>, _ bytes: Span<UInt8>) -> [UInt8] {
    let size = algorithm.blockBytes
    guard key.count <= size else { return hmac(algorithm, key: digest(algorithm, key).span, bytes) }
    var inner: [UInt8] = []
    var outer: [UInt8] = []
    inner.reserveCapacity(size + bytes.count)
    outer.reserveCapacity(size + algorithm.digestBytes)
    for index in 0..<size {
        let byte = index < key.count ? key[index] : 0
        inner.append(byte ^ 0x36)
        outer.append(byte ^ 0x5c)
    }
    inner.append(bytes)
    outer += digest(algorithm, inner.span)
    return digest(algorithm, outer.span)
}

extension HashAlgorithm {
    /// The blocks that it works on, which HMAC fills up. Bytes.
    var blockBytes: Int { self == .sha384 || self == .sha512 ? 128 : 64 }

    /// The library's name of it.
    var name: String {
        switch self {
        case .md5: "MD5"
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        case .sha384: "SHA384"
        case .sha512: "SHA512"
        }
    }

    /// The library's implementation, fetched once: a fetch by name takes a lock and walks the providers.
    var implementation: OpaquePointer? { implementations.pointers[rawValue] }
}

/// Fetched implementations are immutable and counted by the library, so threads may share them.
private struct Implementations: @unchecked Sendable {
    let pointers = HashAlgorithm.allCases.map { EVP_MD_fetch(nil, $0.name, nil) }
}

private let implementations = Implementations()
