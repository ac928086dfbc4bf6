import FuzzTargets
import Glibc

// `fuzz TARGET [libFuzzer's arguments]` runs one target; `fuzz` alone lists them. The main function is libFuzzer's own.

/// The one target that this process runs. Set before libFuzzer starts.
nonisolated(unsafe) private var chosenTarget = FuzzTarget.parameters

/// Takes the target's name out of the arguments before libFuzzer reads them.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    guard unsafe count.pointee > 1, let name = unsafe arguments.pointee[1],
        let target = unsafe FuzzTarget(rawValue: String(cString: name))
    else {
        for target in FuzzTarget.allCases { print(target.rawValue) }
        exit(unsafe count.pointee > 1 ? 64 : 0)
    }
    unsafe chosenTarget = target
    unsafe arguments.pointee[1] = arguments.pointee[0]
    unsafe arguments.pointee += 1
    unsafe count.pointee -= 1
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    if let fault = unsafe chosenTarget.run(input) { fatalError(fault) }
    return 0
}
