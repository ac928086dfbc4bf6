import ArgumentParser
import RSerPoolParameters

/// `--pool`.
struct PoolOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The pool handle: the pool's name. (default: EchoPool)", valueName: "name"),
        transform: PoolOptions.handle)
    var pool: PoolHandle = "EchoPool"

    static func handle(_ text: String) throws -> PoolHandle {
        let longest = WireLimits.standard.poolHandleLength
        guard !text.isEmpty, text.utf8.count <= longest else {
            throw ValidationError("a pool handle has 1 to \(longest) bytes, this one \(text.utf8.count).")
        }
        return PoolHandle(text)
    }
}
