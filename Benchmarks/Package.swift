// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who depends on the libraries resolves nothing for their measurements.
let package = Package(
    name: "swift-rserpool-benchmarks",
    dependencies: [.package(name: "swift-rserpool", path: "..")],
    targets: [
        // What a registrar's engine does in a second, and takes for an element, by the size of the pool
        .executableTarget(
            name: "registrar-benchmark",
            dependencies: ["ENRP", "ASAP", "InternetAddresses", "PoolPolicies", "RSerPoolParameters", "SCTPTransport"].map {
                .product(name: $0, package: "swift-rserpool")
            } + ["ProcessFigures"],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),

        // What registrars cost each other, by their number and by the number of elements
        .executableTarget(
            name: "scale-benchmark",
            dependencies: [.product(name: "RSerPoolSimulation", package: "swift-rserpool"), "ProcessFigures"],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),

        // What a walk through many elements by SNMP costs their registrar; scripts/snmp --bench runs it
        .executableTarget(
            name: "walk-benchmark",
            dependencies: [
                "AgentX", "RSerPoolMIB", "ENRP", "ASAP", "InternetAddresses", "PoolPolicies", "RSerPoolParameters",
                "SCTPTransport",
            ].map { .product(name: $0, package: "swift-rserpool") } + ["ProcessFigures"],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),

        // Round trips a second and heap for an association, over each SCTP
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
        // Memory and processor time of a process
        .target(name: "ProcessFigures", swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        // mallinfo2, which the Glibc module leaves out
        .target(name: "CHeapUse"),
    ]
)
