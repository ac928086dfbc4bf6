import Glibc

extension SCTPTransportError {
    /// What the operating system says about one of its error numbers.
    package static func text(of number: CInt) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            // The XSI variant: Glibc's module gives it to Swift under this name.
            _ = unsafe strerror_r(number, buffer.baseAddress!, buffer.count)
            return unsafe buffer[0] == 0 ? "error \(number)" : String(cString: buffer.baseAddress!)
        }
    }

    /// An address could not be bound.
    /// - Parameter place: the address as the user knows it, `127.0.0.1:3863` or `UDP port 9899 on 127.0.0.1`.
    package static func binding(_ place: String, _ number: CInt) -> SCTPTransportError {
        switch number {
        case EADDRINUSE:
            SCTPTransportError(
                .addressInUse,
                "\(place) is in use by another program or endpoint; stop that one or choose another address or port")
        case EADDRNOTAVAIL, ENODEV:
            SCTPTransportError(
                .addressNotAvailable,
                "\(place) cannot be bound: no interface of this host has that address; choose one that has")
        case EACCES, EPERM:
            SCTPTransportError(
                .system(number),
                "\(place) cannot be bound: ports below 1024 need privileges; choose a higher port or run as root")
        case EAFNOSUPPORT:
            SCTPTransportError(
                .addressNotAvailable, "\(place) cannot be bound: this host has no such address family; use the other family")
        default:
            SCTPTransportError(.system(number), "\(place) cannot be bound: \(text(of: number))")
        }
    }

    /// A peer could not be reached, as the operating system said at once.
    package static func reaching(_ peer: String, _ number: CInt) -> SCTPTransportError {
        switch number {
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL:
            SCTPTransportError(.noRoute, "no route to \(peer): \(text(of: number)); check the address and this host's routes")
        case EAFNOSUPPORT, EINVAL:
            SCTPTransportError(
                .noRoute, "\(peer) cannot be reached from this endpoint's addresses: bind an address of the same family")
        default:
            SCTPTransportError(.system(number), "\(peer) cannot be reached: \(text(of: number))")
        }
    }
}
