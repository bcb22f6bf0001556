import Diagnosis
import Glibc
import Wire

/// Whether a path can be reached.
func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The clock, for `--at now`. Nothing else asks for it.
func currentTime() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(seconds: Int64(now.tv_sec))
}

/// The names in a folder, sorted.
func names(in folder: String) throws(Failure) -> [String] {
    guard let directory = opendir(folder) else {
        throw .input(["cannot read the folder \(folder): \(errorText(errno))"])
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// The profiles of a folder beside those of the program; one with the id of another takes its place.
func profiles(in folder: String, beside standard: Profiles) throws(Failure) -> Profiles {
    var all = standard
    var isEmpty = true
    for name in try names(in: folder) where name.hasSuffix(".json") {
        let path = folder + "/" + name
        let bytes = try InputSource(path).readWhole(limit: BufferSizes.document)
        do throws(DataError) {
            try all.add(file: name, bytes: bytes)
        } catch {
            throw .input(["\(path) is no profile: \(error)"])
        }
        isEmpty = false
    }
    guard !isEmpty else { throw .input(["there is no profile (*.json) in \(folder)"]) }
    return all
}
