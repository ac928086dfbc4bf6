// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who depends on the libraries resolves nothing for their fuzzing. Built with `--sanitize fuzzer`;
// scripts/fuzz does it.
let package = Package(
    name: "swift-rserpool-fuzz",
    dependencies: [.package(name: "swift-rserpool", path: "..")],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [.product(name: "_FuzzTargets", package: "swift-rserpool")],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .strictMemorySafety()])
    ]
)
