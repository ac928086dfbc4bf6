import DraftRenderer
import Glibc

/// What could not be read, and why.
struct FolderError: Error, CustomStringConvertible {
    var path: String
    var reason: String

    var description: String { "\(path): cannot be read: \(reason)" }
}

/// Files by folder, in alphabetical order of their paths, so that reports are the same everywhere.
enum Folder {
    /// The files whose names end so.
    /// - Parameter deep: folders within too.
    static func files(in folder: String, suffix: String, deep: Bool = true) throws(FolderError) -> [TracedFile] {
        var paths: [String] = []
        try collect(folder, suffix: suffix, deep: deep, into: &paths)
        var files: [TracedFile] = []
        for path in paths.sorted() { files.append(TracedFile(path: path, bytes: try read(path))) }
        return files
    }

    private static func collect(_ folder: String, suffix: String, deep: Bool, into paths: inout [String]) throws(FolderError) {
        guard let stream = unsafe opendir(folder) else { throw FolderError(path: folder, reason: problem()) }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            let path = "\(folder)/\(name)"
            // Hidden ones, the folder itself and its parent
            if name.hasPrefix(".") { continue }
            if unsafe Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                if deep { try collect(path, suffix: suffix, deep: true, into: &paths) }
            } else if name.hasSuffix(suffix) {
                paths.append(path)
            }
        }
    }

    static func read(_ path: String) throws(FolderError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FolderError(path: path, reason: problem()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FolderError(path: path, reason: problem()) }
            guard count > 0 else { return bytes }
            bytes += block.prefix(count)
        }
    }

    private static func problem() -> String { unsafe String(cString: strerror(errno)) }
}
