#if UserlandSCTP
    import CUserlandSCTP
    import InternetAddresses

    extension IPAddress {
        init(_ address: userland_address) {
            self =
                address.is_ipv6
                ? .v6(IPv6Number(high: address.high, low: address.low)) : .v4(UInt32(truncatingIfNeeded: address.low))
        }

        static func any(_ family: IPAddress.Family) -> IPAddress {
            family == .ipv4 ? .anyIPv4 : .anyIPv6
        }
    }

    extension userland_address {
        init(_ ip: IPAddress, port: UInt16) {
            switch ip {
            case .v4(let value):
                self.init(high: 0, low: UInt64(value), port: port, is_ipv6: false)
            case .v6(let value):
                self.init(high: value.high, low: value.low, port: port, is_ipv6: true)
            }
        }

        func hasSameIP(as other: userland_address) -> Bool {
            low == other.low && high == other.high && is_ipv6 == other.is_ipv6
        }
    }

    extension userland_timing {
        init(_ timing: SCTPTiming) {
            func milliseconds(_ duration: Duration) -> UInt32 {
                UInt32(clamping: max(1, duration.wholeMillisecondsRoundedUp))
            }
            self.init(
                rto_initial: milliseconds(timing.initialRetransmissionTimeout),
                rto_minimum: milliseconds(timing.minimumRetransmissionTimeout),
                rto_maximum: milliseconds(timing.maximumRetransmissionTimeout),
                heartbeat_interval: timing.heartbeatInterval.map(milliseconds) ?? 0,
                association_retransmissions: timing.maximumAssociationRetransmissions,
                path_retransmissions: timing.maximumPathRetransmissions,
                init_retransmissions: timing.maximumInitRetransmissions)
        }
    }

    extension PathState {
        init(_ state: userland_path_state) {
            switch state {
            case userland_path_unreachable: self = .unreachable
            case userland_path_removed: self = .removed
            case userland_path_added: self = .added
            case userland_path_made_primary: self = .madePrimary
            case userland_path_confirmed: self = .confirmed
            default: self = .available
            }
        }
    }
#endif
