import Glibc

/// Files that nobody but their owner may read.
package enum PrivateFile {
    /// The longest file that is read. Bytes.
    private static let most = 8 << 20

    /// Throws: `file`.
    static func read(_ path: String) throws(AuthorityError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard 0 <= descriptor else { throw .file(path, reason: systemText(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= most {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard 0 <= count else { throw .file(path, reason: systemText(errno)) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw .file(path, reason: "longer than \(most >> 20) MiB")
    }

    /// Writes a new file beside the old one and puts it into its place: nobody ever sees half of it.
    ///
    /// Throws: `file`.
    package static func write(_ bytes: [UInt8], to path: String) throws(AuthorityError) {
        let draft = path + ".\(getpid()).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard 0 <= descriptor else { throw .file(draft, reason: systemText(errno)) }
        if let number = writeWhole(bytes, to: descriptor) {
            close(descriptor)
            unlink(draft)
            throw .file(path, reason: systemText(number))
        }
        // A disk that is full may say so only here.
        guard close(descriptor) == 0, rename(draft, path) == 0 else {
            let reason = systemText(errno)
            unlink(draft)
            throw .file(path, reason: reason)
        }
    }

    /// Makes a folder and those above it; new ones are the owner's alone.
    ///
    /// Throws: `file`.
    static func makeFolders(_ path: String) throws(AuthorityError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw .file(made, reason: systemText(errno)) }
        }
    }
}
