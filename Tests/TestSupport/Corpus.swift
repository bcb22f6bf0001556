import Capture
import Compression

/// Captures to test with: those the project ships, and other people's, which are no part of it.
package enum Corpus {
    /// What a skipped test says.
    package static let absence = """
        the corpus of other projects' captures is not here (../shared beside the checkout, or WSDIAG_SHARED)
        """

    /// The folder of the corpus, or nil: `$WSDIAG_SHARED/corpus`, or `shared/corpus` beside the checkout or beside a
    /// folder above it.
    package static let root: String? = {
        if let given = TestFile.environment("WSDIAG_SHARED") {
            return TestFile.exists(given + "/corpus") ? given + "/corpus" : nil
        }
        var folder = TestFile.packageRoot
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if TestFile.exists(folder + "/shared/corpus/README.md") { return folder + "/shared/corpus" }
        }
        return nil
    }()

    /// Whether it is here: `@Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))`.
    package static var isPresent: Bool { root != nil }

    /// The path of one of its files, or nil when the corpus or the file is absent.
    package static func path(_ name: String) -> String? {
        guard let root, TestFile.exists(root + "/" + name) else { return nil }
        return root + "/" + name
    }

    /// The bytes of one of its files, or nil when the corpus or the file is absent.
    package static func bytes(_ name: String) -> [UInt8]? { path(name).flatMap(TestFile.read) }

    /// The bytes of one of its captures, unpacked; nil when it is absent, a beginning when it is damaged.
    package static func unpacked(_ name: String) -> [UInt8]? {
        guard let bytes = bytes(name) else { return nil }
        let format: Decompressor.Format
        switch CaptureFormat.detect(bytes.span) {
        case .gzip: format = .gzip
        case .zstd: format = .zstd
        default: return bytes
        }
        var output: [UInt8] = []
        guard var decompressor = try? Decompressor(format) else { return nil }
        _ = try? decompressor.receive(bytes.span) { piece in
            for index in 0..<piece.count { output.append(piece[index]) }
            return true
        }
        return output
    }

    /// One recorded capture of the project, `captures/<status>-<cause>/`.
    package struct Shipped: Sendable, CustomStringConvertible {
        /// The folder's name, `401-token-expired`.
        package let name: String
        /// The folder.
        package var folder: String { TestFile.packageRoot + "/captures/" + name }
        /// The capture file.
        package var path: String { folder + "/capture.pcapng" }
        /// Its bytes; empty when it cannot be read.
        package var bytes: [UInt8] { TestFile.read(path) ?? [] }
        /// The folder's name.
        package var description: String { name }
    }

    /// Every capture that the project ships, sorted by name.
    package static let shipped: [Shipped] = TestFile.names(in: TestFile.packageRoot + "/captures")
        .map { Shipped(name: $0) }
        .filter { TestFile.exists($0.path) }
}
