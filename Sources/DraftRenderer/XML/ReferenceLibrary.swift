import Glibc

/// Where included files are looked for. Nothing is ever fetched over a network: an address is answered by a local file of the
/// same name, or not at all.
public struct ReferenceLibrary: Sendable {
    /// Folders to search, after the folder of the including file; `--bib` of the tool.
    public var folders: [String]
    /// Whether an include may name a file outside its own folder and these folders.
    public var allowsAnyPath: Bool
    /// The largest file that is read, in bytes.
    public var maximumFileSize: Int

    /// - Parameters:
    ///   - folders: searched after the folder of the including file.
    ///   - allowsAnyPath: whether an include may name a file outside its own folder and these.
    ///   - maximumFileSize: in bytes; 16 MiB.
    public init(folders: [String] = [], allowsAnyPath: Bool = false, maximumFileSize: Int = 16 << 20) {
        self.folders = folders
        self.allowsAnyPath = allowsAnyPath
        self.maximumFileSize = maximumFileSize
    }

    /// Where a reference to a file leads.
    enum Resolution: Equatable {
        case file(String)
        case missing
        /// The path leaves the folders that may be read.
        case outside
    }

    /// Finds the file that `reference` means: a path, the name of a file in one of the folders with or without `.xml`, or an
    /// address whose last part is such a name.
    func resolve(_ reference: String, from file: String) -> Resolution {
        var name = Substring(reference)
        var isAddress = false
        for scheme in ["https://", "http://", "file://"] where name.hasPrefix(scheme) {
            isAddress = true
            name = name.split(separator: "/", omittingEmptySubsequences: true).last ?? ""
        }
        if let cut = name.firstIndex(where: { $0 == "?" || $0 == "#" }), isAddress { name = name[..<cut] }
        guard !name.isEmpty, !name.utf8.contains(0) else { return .missing }
        let isPath = !isAddress && name.contains("/")
        let leaves = name.hasPrefix("/") || name.split(separator: "/").contains("..")
        if leaves, !allowsAnyPath { return .outside }
        let own = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        if name.hasPrefix("/") { return firstExisting(of: [String(name), "\(name).xml"]) }
        var candidates = [own + name, "\(own)\(name).xml"]
        // An include by path, as "bibxml/reference.RFC.2119.xml", also means the file of that name in a folder.
        let last = isPath ? name.split(separator: "/").last.map(String.init) ?? "" : String(name)
        for folder in folders {
            candidates += ["\(folder)/\(name)", "\(folder)/\(name).xml", "\(folder)/\(last)", "\(folder)/\(last).xml"]
        }
        return firstExisting(of: candidates)
    }

    private func firstExisting(of candidates: [String]) -> Resolution {
        for candidate in candidates {
            var status = stat()
            if unsafe stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return .file(candidate) }
        }
        return .missing
    }

    /// The file's text.
    package func text(of path: String) throws(DocumentError) -> String { String(decoding: try read(path), as: UTF8.self) }

    /// The file's bytes.
    func read(_ path: String) throws(DocumentError) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else {
            throw DocumentError("\(path): cannot be opened: \(unsafe String(cString: strerror(errno)))")
        }
        defer { _ = unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
            guard bytes.count <= maximumFileSize else {
                throw DocumentError("\(path): more than \(maximumFileSize) bytes; the limit is there against runaway input")
            }
        }
        guard unsafe ferror(file) == 0 else { throw DocumentError("\(path): cannot be read; is it a folder?") }
        return bytes
    }
}

/// A document that gives nothing to render.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
