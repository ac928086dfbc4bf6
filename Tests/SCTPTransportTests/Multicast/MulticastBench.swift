import InternetAddresses
import Testing

@testable import SCTPTransport

/// A multicast endpoint together with what it has heard.
struct Listener: Sendable {
    let endpoint: MulticastEndpoint
    private let heard = ThreadLock<[Announcement]>([])

    init(_ endpoint: MulticastEndpoint) async {
        self.endpoint = endpoint
        let heard = heard
        await endpoint.loop.run {
            endpoint.setHandler { bytes, source in
                let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
                heard.withLock { $0.append(Announcement(bytes: copy, source: source)) }
            }
        }
    }

    var texts: [String] { heard.withLock { $0.map { String(decoding: $0.bytes, as: UTF8.self) } } }
    var sources: [SCTPAddress] { heard.withLock { $0.map(\.source) } }

    func say(_ text: String) async throws {
        let endpoint = endpoint
        let result: Result<Void, SCTPTransportError> = await endpoint.loop.run {
            Result { () throws(SCTPTransportError) in try endpoint.send(Array(text.utf8)) }
        }
        try result.get()
    }

    /// Waits until `text` was heard; false after ten seconds.
    func hears(_ text: String) async throws -> Bool {
        for _ in 0..<2_000 {
            if texts.contains(text) { return true }
            try await endpoint.loop.sleep(for: .milliseconds(5))
        }
        return false
    }
}

enum MulticastBench {
    static let group = IPAddress.v4(0xef0a_0901)

    /// A port that nobody on this host has at the moment.
    static func freePort(_ address: IPAddress = .loopbackIPv4) throws -> UInt16 {
        try DatagramSocket(binding: SCTPAddress(address, port: 0), isShared: false).address.port
    }

    static func open(
        _ group: IPAddress = group, port: UInt16, at source: IPAddress? = .loopbackIPv4, on loop: EventLoop = .shared,
        backend: SCTPBackendChoice = .automatic, change: (inout MulticastConfiguration) -> Void = { _ in }
    ) async throws -> Listener {
        var configuration = MulticastConfiguration(group: group, port: port)
        configuration.sourceAddress = source
        change(&configuration)
        return await Listener(try await MulticastEndpoint.open(configuration, backend: backend, on: loop))
    }
}
