// swift-tools-version: 6.2
import PackageDescription

/// Every target of this package is held to these: no warning passes, every unsafe expression is marked.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "swift-rserpool",
    products: [
        .library(name: "InternetAddresses", targets: ["InternetAddresses"]),
        .library(name: "RSerPoolParameters", targets: ["RSerPoolParameters"]),
        .library(name: "SCTPTransport", targets: ["SCTPTransport"]),
        .library(name: "PoolPolicies", targets: ["PoolPolicies"]),
        .library(name: "ASAP", targets: ["ASAP"]),
        .library(name: "ENRP", targets: ["ENRP"]),
        .library(name: "RSerPoolSimulation", targets: ["RSerPoolSimulation"]),
        .library(name: "RSerPoolSecurity", targets: ["RSerPoolSecurity"]),
        .library(name: "RSerPoolStatus", targets: ["RSerPoolStatus"]),
        .executable(name: "rserpool", targets: ["rserpool"]),
        // For Fuzz/ alone; no interface to count on
        .library(name: "_FuzzTargets", targets: ["FuzzTargets"]),
        .library(name: "AgentX", targets: ["AgentX"]),
        .library(name: "RSerPoolMIB", targets: ["RSerPoolMIB"]),
        .library(name: "DraftRenderer", targets: ["DraftRenderer"]),
        .executable(name: "draft-tool", targets: ["draft-tool"]),
    ],
    traits: [
        .trait(
            name: "UserlandSCTP",
            description: "SCTP in user space by libusrsctp, for hosts whose kernel has none; without it nothing links usrsctp"
        ),
        .default(enabledTraits: ["UserlandSCTP"]),
    ],
    dependencies: [
        // rserpool, draft-tool: commands, options, help texts, shell completion
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // ASAP, ENRP: pool elements, pool users and registrars as services that programs compose and stop in order
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // rserpool: reads the registrar's configuration file
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        // rserpool: the type of swift-configuration's file paths
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // rserpool: turns the libraries' typed events into log lines; the libraries themselves do not log
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // RSerPoolSecurity: authenticated encryption of cookies
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // Floor 0: Internet-Draft XML to text
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "DraftRenderer", dependencies: ["CLibXML2"], swiftSettings: strict),
        .testTarget(
            name: "DraftRendererTests", dependencies: ["DraftRenderer"], exclude: ["Documents"], swiftSettings: strict),
        .executableTarget(
            name: "draft-tool",
            dependencies: ["DraftRenderer", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),

        // Floor 0: the subagent's side of RFC 2741, for who wants to be seen by an SNMP agent
        .target(name: "AgentX", dependencies: ["RequirementMarks"], swiftSettings: strict),
        .testTarget(name: "AgentXTests", dependencies: ["RequirementTesting", "AgentX"], swiftSettings: strict),

        // Floor 0: marks in the code that does what a requirement of Drafts/ asks for, and the trait of the tests that prove it
        .target(name: "RequirementMarks", swiftSettings: strict),
        .target(
            name: "RequirementTesting", dependencies: ["RequirementMarks"], path: "Tests/RequirementTesting",
            swiftSettings: strict),
        .testTarget(
            name: "RequirementMarksTests", dependencies: ["RequirementMarks", "RequirementTesting"], swiftSettings: strict),

        // Floor 0: no protocol knowledge, no dependencies
        .target(name: "InternetAddresses", swiftSettings: strict),
        .testTarget(name: "InternetAddressesTests", dependencies: ["InternetAddresses"], swiftSettings: strict),

        // Floor 0: the parameters that ASAP and ENRP share, RFC 5354; Lifetimes lets its reader borrow the bytes it reads
        .target(
            name: "RSerPoolParameters", dependencies: ["RequirementMarks", "InternetAddresses"],
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        .testTarget(
            name: "RSerPoolParametersTests", dependencies: ["RequirementTesting", "RSerPoolParameters", "InternetAddresses"],
            swiftSettings: strict),

        // Floor 0: SCTP associations and messages
        .target(name: "CEventLoop"),
        // UDP and TCP sockets: Swift cannot call their variadic and pointer-laden functions safely
        .target(name: "CSockets"),
        // libsctp: address lists of sockets and associations (RFC 6458 §9) are its part
        .target(name: "CKernelSCTP", linkerSettings: [.linkedLibrary("sctp")]),
        // usrsctp: the only SCTP that needs no kernel and no privileges
        .target(
            name: "CUserlandSCTP",
            cSettings: [.define("USERLAND_SCTP", .when(traits: ["UserlandSCTP"]))],
            linkerSettings: [.linkedLibrary("usrsctp", .when(traits: ["UserlandSCTP"]))]),
        .target(
            name: "SCTPTransport",
            dependencies: [
                "InternetAddresses", "CEventLoop", "CSockets", "CKernelSCTP",
                .target(name: "CUserlandSCTP", condition: .when(traits: ["UserlandSCTP"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SCTPTransportTests",
            dependencies: [
                "SCTPTransport", "InternetAddresses",
                .target(name: "CUserlandSCTP", condition: .when(traits: ["UserlandSCTP"])),
            ],
            swiftSettings: strict),

        // Floor 1: how registrars and pool users select pool elements (RFC 5356)
        .target(name: "PoolPolicies", dependencies: ["RequirementMarks", "RSerPoolParameters"], swiftSettings: strict),
        .testTarget(
            name: "PoolPoliciesTests", dependencies: ["RequirementTesting", "PoolPolicies", "RSerPoolParameters"],
            swiftSettings: strict),

        // Floor 2: pool elements and pool users (RFC 5352)
        .target(
            name: "ASAP",
            dependencies: [
                "RequirementMarks", "InternetAddresses", "RSerPoolParameters", "PoolPolicies", "SCTPTransport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ASAPTests",
            dependencies: [
                "RequirementTesting", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies", "SCTPTransport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Floor 3: registrars (RFC 5352's server side, RFC 5353)
        .target(
            name: "ENRP",
            dependencies: [
                "RequirementMarks", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies", "SCTPTransport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ENRPTests",
            dependencies: [
                "RequirementTesting", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies",
                "SCTPTransport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Floor 4: cookies that pool users can keep and not change (RFC 5352 §3.8)
        .target(
            name: "RSerPoolSecurity",
            dependencies: ["RequirementMarks", "RSerPoolParameters", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(
            name: "RSerPoolSecurityTests", dependencies: ["RequirementTesting", "RSerPoolSecurity", "RSerPoolParameters"],
            swiftSettings: strict),

        // Floor 4: how things stand, for whoever asks at a socket of the host: a view of snapshots
        .target(
            name: "RSerPoolStatus",
            dependencies: ["ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "SCTPTransport"],
            swiftSettings: strict),
        .testTarget(
            name: "RSerPoolStatusTests",
            dependencies: ["RSerPoolStatus", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "SCTPTransport"],
            swiftSettings: strict),

        // What Fuzz/ runs on any bytes, and the tests on those that Fuzz/Corpus keeps and on random ones
        .target(
            name: "FuzzTargets",
            dependencies: [
                "DraftRenderer", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies", "SCTPTransport",
            ],
            swiftSettings: strict),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "ASAP"], swiftSettings: strict),

        // What another implementation sends, as captured; its programs themselves are run by scripts/interop-lane
        .testTarget(
            name: "InteropTests", dependencies: ["ASAP", "InternetAddresses", "RSerPoolParameters"],
            exclude: [
                "Scenarios", "scenarios.list", "checks.sh", "roles.sh", "wire.sh", "enrp.sh", "guest", "scenario", "judge",
                "dissection",
            ], swiftSettings: strict),

        // Floor 4: registrars, elements and users together under one seed, with faults
        .target(
            name: "RSerPoolSimulation",
            dependencies: ["ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies", "SCTPTransport"],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "RequirementTesting", "RSerPoolSimulation", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters",
                "PoolPolicies",
                "SCTPTransport",
            ],
            swiftSettings: strict),

        // Floor 4: RFC 5525's tables as views of engine snapshots, and the MIB module itself
        .target(
            name: "RSerPoolMIB",
            dependencies: [
                "RequirementMarks", "AgentX", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies",
                "SCTPTransport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["MIB"], swiftSettings: strict),
        .testTarget(
            name: "RSerPoolMIBTests",
            dependencies: [
                "RequirementTesting", "RSerPoolMIB", "AgentX", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters",
                "PoolPolicies", "SCTPTransport",
            ],
            swiftSettings: strict),

        // Floor 5: the tool. It starts processes with Foundation's Process: argument-parser links Foundation anyway, and
        // swift-subprocess would add two packages to every build.
        .executableTarget(
            name: "rserpool",
            dependencies: [
                "RequirementMarks",
                "RSerPoolSimulation", "RSerPoolMIB", "RSerPoolStatus", "AgentX", "ENRP", "ASAP", "InternetAddresses",
                "RSerPoolParameters",
                "PoolPolicies",
                "SCTPTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RSerPoolToolTests",
            dependencies: [
                "RequirementTesting",
                "rserpool", "RSerPoolStatus", "ENRP", "ASAP", "InternetAddresses", "RSerPoolParameters", "PoolPolicies",
                "SCTPTransport",
            ],
            swiftSettings: strict),
    ]
)

// Tests that need a kernel with SCTP, and paths to break: scripts/kernel-lane builds and runs them where there are both.
if Context.environment["RSERPOOL_KERNEL_LANE"] != nil {
    package.targets += [
        .target(name: "CNetworkNamespaces", path: "Tests/CNetworkNamespaces"),
        .testTarget(
            name: "KernelSCTPTests", dependencies: ["SCTPTransport", "InternetAddresses", "CNetworkNamespaces"],
            swiftSettings: strict),
        .executableTarget(
            name: "CrossStackPeer", dependencies: ["SCTPTransport", "InternetAddresses"], path: "Tests/CrossStackPeer",
            swiftSettings: strict),
        // What the interop lane has no program for: resolutions by the dozen, elements by the thousand, a capture of every message
        .executableTarget(
            name: "InteropPeer",
            dependencies: ["ENRP", "ASAP", "PoolPolicies", "RSerPoolParameters", "SCTPTransport", "InternetAddresses"],
            path: "Tests/InteropPeer", swiftSettings: strict),
    ]
}
