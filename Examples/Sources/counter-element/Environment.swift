import Glibc

/// A variable of the environment; ends the program with a sentence where it is not set.
func environment(_ name: String) -> String {
    guard let value = getenv(name) else {
        print("Set \(name): for example by 'export \(name)=1:$(openssl rand -hex 32)'.")
        exit(64)
    }
    return String(cString: value)
}
