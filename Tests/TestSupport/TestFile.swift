import Glibc

/// Files for tests, without Foundation.
package enum TestFile {
    /// The folder of Package.swift, found from this source file.
    package static let packageRoot: String = {
        var folder = "\(#filePath)"
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if exists(folder + "/Package.swift") { return folder }
        }
        return "."
    }()

    /// Whether something stands there.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The bytes of a file, or nil when it cannot be read.
    package static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard 0 < count else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file; answers whether all of it was written.
    @discardableResult
    package static func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard let file = fopen(path, "wb") else { return false }
        let written = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && written == bytes.count
    }

    /// Hands out the path of a file that does not exist yet, and removes it afterwards.
    package static func temporary<Answer>(_ body: (String) throws -> Answer) rethrows -> Answer {
        let folder = environment("TMPDIR") ?? "/tmp"
        let path = folder + "/wsdiag-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(path) }
        return try body(path)
    }

    /// The names in a folder, sorted; empty when there is no such folder.
    package static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The value of an environment variable, or nil.
    package static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
