import Glibc

/// What the kernel says of a process: this one, or one that it has started.
package struct ProcessFigures: Sendable {
    private let identifier: pid_t

    package static let own = ProcessFigures(getpid())

    package init(_ identifier: pid_t) {
        self.identifier = identifier
    }

    /// Bytes of the process that are in memory.
    package var resident: Int {
        guard let file = fopen("/proc/\(identifier)/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, CInt(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(CInt(_SC_PAGESIZE)))
    }

    /// Seconds of processor time that the process has used. What else the machine does counts little in it.
    package var processorTime: Double {
        var clock = clockid_t()
        guard clock_getcpuclockid(identifier, &clock) == 0 else { return 0 }
        return seconds(on: clock)
    }
}

/// The reading of one of the system's clocks in seconds.
package func seconds(on clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
