// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "swift-rserpool", path: "..")],
    targets: [
        // mallinfo2, which the Glibc module leaves out.
        .target(name: "CHeapUse"),
        .executableTarget(
            name: "transport-benchmark",
            dependencies: [
                "CHeapUse",
                .product(name: "SCTPTransport", package: "swift-rserpool"),
                .product(name: "InternetAddresses", package: "swift-rserpool"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .treatAllWarnings(as: .error),
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]),
    ]
)
