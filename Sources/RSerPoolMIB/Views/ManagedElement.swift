import InternetAddresses
import PoolPolicies
public import RSerPoolParameters
import RequirementMarks

/// A pool element as management sees it, at a registrar or where it runs.
public struct ManagedElement: Hashable, Sendable {
    /// As it is registered.
    public var parameter: PoolElementParameter

    /// An element as it is registered.
    public init(_ parameter: PoolElementParameter) {
        self.parameter = parameter
    }

    /// The port of the ASAP endpoint; 0 where the element has not given one.
    var asapPort: UInt16 { parameter.asapTransport?.port ?? 0 }
    var asapAddresses: [IPAddress] { parameter.asapTransport?.addresses ?? [] }

    /// The number of the user transport's protocol in the Internet Protocol; 0 for an opaque one.
    var protocolNumber: UInt32 {
        switch parameter.userTransport {
        case .sctp: 132
        case .tcp: 6
        case .udp: 17
        case .dccp: 33
        case .udpLite: 136
        case .opaque: 0
        }
    }

    /// What an opaque transport consists of; nil for another one.
    var opaqueTransport: [UInt8]? {
        if case .opaque(let transport) = parameter.userTransport { transport.bytes } else { nil }
    }

    /// The life in hundredths of a second, as RFC 5525 has it: for ever, and what is longer than they reach, is the greatest number.
    var registrationLife: UInt32 { RegistrationTicks.ticks(of: parameter.registrationLife) }
}

/// Lives between the wire's seconds and RFC 5525's hundredths of a second.
enum RegistrationTicks {
    /// For ever.
    static let infinite = UInt32.max

    static func ticks(of life: RegistrationLife) -> UInt32 {
        fulfils("mib-6-R1")
        guard life != .infinite, life.rawValue >= 0 else { return infinite }
        return UInt32(clamping: UInt64(life.rawValue) * 100)
    }

    /// The life of so many ticks, rounded up to a second; nil for none at all.
    static func life(ofTicks ticks: UInt32) -> RegistrationLife? {
        guard ticks != infinite else { return .infinite }
        guard ticks > 0 else { return nil }
        return RegistrationLife(rawValue: Int32((UInt64(ticks) + 99) / 100))
    }
}
