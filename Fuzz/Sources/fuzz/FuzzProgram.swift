import FuzzTargets
import Glibc

// `FUZZ_TARGET=name fuzz [libFuzzer's arguments]` runs one target; without a name it lists them. The main function is libFuzzer's
// own, which starts itself again for some tasks: a target that is named by an argument would be forgotten then.

/// The one target that this process runs. Set before libFuzzer starts.
nonisolated(unsafe) private var chosenTarget = FuzzTarget.parameters

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) }
    guard let target = name.flatMap(FuzzTarget.init) else {
        for target in FuzzTarget.allCases { print(target.rawValue) }
        exit(name == nil ? 0 : 64)
    }
    unsafe chosenTarget = target
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    if let fault = unsafe chosenTarget.run(input) { fatalError(fault) }
    return 0
}
