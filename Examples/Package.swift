// swift-tools-version: 6.2
import PackageDescription

// Programs to copy. A package of its own, as yours will be: in yours the first dependency is the repository's URL.
let rserpool = ["ASAP", "InternetAddresses", "PoolPolicies", "RSerPoolParameters", "SCTPTransport"].map {
    Target.Dependency.product(name: $0, package: "swift-rserpool")
}
let services: [Target.Dependency] = [
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"), .product(name: "Logging", package: "swift-log"),
]

let package = Package(
    name: "rserpool-examples",
    dependencies: [
        .package(name: "swift-rserpool", path: ".."),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The tutorial "Your first pool" shows these three, line by line.
        .executableTarget(
            name: "first-registrar", dependencies: rserpool + [.product(name: "ENRP", package: "swift-rserpool")]),
        .executableTarget(name: "first-element", dependencies: rserpool),
        .executableTarget(name: "first-user", dependencies: rserpool),

        // A counter that survives its server: the count travels with the client in a sealed cookie.
        .executableTarget(
            name: "counter-element",
            dependencies: rserpool + services + [.product(name: "RSerPoolSecurity", package: "swift-rserpool")]),
        .executableTarget(name: "counter-user", dependencies: rserpool),

        // A pool of workers that say how busy they are; new work goes to the least busy.
        .executableTarget(name: "work-element", dependencies: rserpool + services),
        .executableTarget(name: "work-user", dependencies: rserpool),
    ]
)
