import Foundation
import FuzzTargets
import Testing

/// What fuzzing has kept, `Fuzz/Corpus`: inputs that reach every part of a target, and those that once found a fault.
@Suite("The fuzzers' corpus")
struct CorpusTests {
    @Test("Every kept input passes", arguments: FuzzTarget.allCases)
    func replay(target: FuzzTarget) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Fuzz/Corpus/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
        #expect(!names.isEmpty, "no corpus at \(folder.path())")
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let fault = target.run(bytes)
            #expect(fault == nil, "\(target.rawValue)/\(name)")
        }
    }
}
