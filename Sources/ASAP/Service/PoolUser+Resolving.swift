public import RSerPoolParameters
public import SCTPTransport

// RFC 5352 §6.3, §6.4, §6.9: resolving without sending.
extension PoolUser {
    /// The elements of a pool (RFC 5352 §3.3), from the cache where what it has is not stale.
    /// - Throws: ``ResolutionFailure``; `CancellationError`.
    public func resolve(_ pool: PoolHandle) async throws -> PoolResolution {
        try Task.checkCancellation()
        lastNumber += 1
        let identifier = ResolutionIdentifier(rawValue: lastNumber)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard let driver else { return continuation.resume(throwing: PoolUserSessionFailure.closed) }
                resolutions[identifier] = continuation
                driver.handle(.resolve(identifier, pool))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(identifier) } }
        }
    }

    func cancel(_ identifier: ResolutionIdentifier) {
        driver?.handle(.cancelResolution(identifier))
        resolutions.removeValue(forKey: identifier)?.resume(throwing: CancellationError())
    }

    /// Resolves a pool handle once, with a pool user of its own; see ``resolve(_:)`` and
    /// ``open(registrars:configuration:endpoint:backend:on:)``.
    public static func resolve(
        _ pool: PoolHandle, registrars: RegistrarList, configuration: PoolUserConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared
    ) async throws -> PoolResolution {
        let user = try await open(
            registrars: registrars, configuration: configuration, endpoint: endpoint, backend: backend, on: loop)
        do {
            let resolution = try await user.resolve(pool)
            await user.close()
            return resolution
        } catch {
            await user.close()
            throw error
        }
    }

    /// Has the cache learn what the registrar knows of a pool now (RFC 5352 §6.3), for sessions and messages to come.
    /// - Throws: ``ResolutionFailure``; `CancellationError`.
    public func populateCache(_ pool: PoolHandle) async throws {
        purgeCache(pool)
        _ = try await resolve(pool)
    }

    /// Forgets what the cache has of a pool (RFC 5352 §6.4): the next resolution asks a registrar.
    public func purgeCache(_ pool: PoolHandle) {
        driver?.handle(.purge(pool))
    }

    /// The program has sent to an element by its own means and failed (RFC 5352 §6.9.2): a registrar is told, once, and sessions
    /// avoid the element for a while. Nothing happens for an element that ``resolve(_:)`` has not named.
    public func reportFailure(of element: PoolElementIdentifier, in pool: PoolHandle) {
        driver?.handle(.transportFailure(pool, element))
    }
}
