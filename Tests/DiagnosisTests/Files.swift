import Glibc

/// The root of the package: the first folder above this file that holds Package.swift.
let packageRoot: String = {
    var parts = #filePath.split(separator: "/")
    while !parts.isEmpty {
        parts.removeLast()
        let folder = "/" + parts.joined(separator: "/")
        if access(folder + "/Package.swift", R_OK) == 0 { return folder }
    }
    return "."
}()

/// The bytes of a file, or nil when it cannot be read.
func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&piece, 1, piece.count, file)
        if count == 0 { return all }
        all += piece[..<count]
    }
}

/// A file beside the package, in `shared`.
func sharedText(_ name: String) -> String? {
    for folder in [packageRoot + "/../shared/", packageRoot + "/../../shared/"] {
        if let bytes = bytes(of: folder + name) { return String(decoding: bytes, as: UTF8.self) }
    }
    return nil
}

/// The names in a folder, sorted; empty when it is not there.
func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
            String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { found.append(name) }
    }
    return found.sorted()
}

/// Every file under a folder that ends so.
func files(under folder: String, ending: String) -> [String] {
    names(in: folder).flatMap { name -> [String] in
        let path = folder + "/" + name
        return name.hasSuffix(ending) ? [path] : files(under: path, ending: ending)
    }
}

/// Writes a file.
func write(_ text: String, to path: String) {
    guard let file = fopen(path, "wb") else { return }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    fwrite(bytes, 1, bytes.count, file)
}

/// Whether the generated files are to be written anew: `WSDIAG_RECORD=1`.
var isRecording: Bool { getenv("WSDIAG_RECORD") != nil }

/// Whether the table of calibration is to be printed and written: `WSDIAG_CALIBRATE=1`.
var isCalibrating: Bool { getenv("WSDIAG_CALIBRATE") != nil }
