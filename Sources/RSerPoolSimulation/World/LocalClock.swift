import SCTPTransport

/// A process's own view of the time, which may be ahead of the world's and may run slower.
struct LocalClock {
    private var worldAnchor = MonotonicInstant.origin
    private var localAnchor = MonotonicInstant.origin
    /// How fast the clock runs, in hundredths of the world's speed: 1 to 100.
    private var percent: UInt64 = 100

    func local(_ world: MonotonicInstant) -> MonotonicInstant {
        guard percent != 100 else { return localAnchor + (world - worldAnchor) }
        return MonotonicInstant(
            nanoseconds: localAnchor.nanoseconds + (world.nanoseconds - worldAnchor.nanoseconds) * percent / 100)
    }

    /// The first instant of the world at which the clock shows `local` or more.
    func world(_ local: MonotonicInstant) -> MonotonicInstant {
        guard local > localAnchor else { return worldAnchor }
        guard percent != 100 else { return worldAnchor + (local - localAnchor) }
        let distance = local.nanoseconds - localAnchor.nanoseconds
        let (scaled, overflow) = distance.multipliedReportingOverflow(by: 100)
        guard !overflow else { return .distantFuture }
        return MonotonicInstant(nanoseconds: worldAnchor.nanoseconds + (scaled + percent - 1) / percent)
    }

    mutating func jump(by duration: Duration, at now: MonotonicInstant) {
        localAnchor = local(now) + duration
        worldAnchor = now
    }

    mutating func setSpeed(percent: UInt64, at now: MonotonicInstant) {
        localAnchor = local(now)
        worldAnchor = now
        self.percent = percent
    }
}
