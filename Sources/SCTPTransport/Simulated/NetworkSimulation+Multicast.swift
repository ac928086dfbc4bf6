import InternetAddresses

/// Names one multicast endpoint in a ``NetworkSimulation``; never used again.
public struct SimulatedMemberIdentifier: Hashable, Comparable, Sendable {
    public let rawValue: Int

    init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    public static func < (left: SimulatedMemberIdentifier, right: SimulatedMemberIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A datagram that came to a multicast endpoint of a simulated network.
public struct SimulatedAnnouncement: Hashable, Sendable {
    /// Who hears it.
    public var member: SimulatedMemberIdentifier
    /// The datagram's contents.
    public var bytes: [UInt8]
    /// Who sent it.
    public var source: SCTPAddress
}

/// One multicast endpoint in a ``NetworkSimulation``.
struct SimulatedMember {
    var address: SCTPAddress
    var group: SCTPAddress
    var isListening: Bool
    var isLoopedBack: Bool
    var unicastDestinations: [SCTPAddress]
}

// UDP as it is: each receiver's datagram is delayed or lost by itself, along the path between the two addresses.
extension NetworkSimulation {
    /// Multicast endpoints at a time.
    public static let memberLimit = 100_000

    /// Puts a multicast endpoint into the network. Its host is ``MulticastConfiguration/sourceAddress``, or without one the first
    /// of ``hostAddresses`` that has the group's family; interfaces and hop limit mean nothing here.
    /// - Throws: `invalidConfiguration`.
    public func addMember(
        _ configuration: MulticastConfiguration
    ) throws(SCTPTransportError) -> SimulatedMemberIdentifier {
        try configuration.check()
        guard memberCount < NetworkSimulation.memberLimit else {
            throw SCTPTransportError(
                .invalidConfiguration, "the simulated network has \(memberCount) multicast endpoints and may have no more")
        }
        let group = SCTPAddress(configuration.group, port: configuration.port)
        let host = configuration.sourceAddress ?? hostAddresses.first { $0.family == configuration.group.family }
        guard let host else {
            throw SCTPTransportError(
                .addressNotAvailable, "the simulated host has no address of the family of \(configuration.group)")
        }
        let number = members.count
        members.append(
            SimulatedMember(
                address: SCTPAddress(host, port: configuration.port), group: group, isListening: configuration.isListening,
                isLoopedBack: configuration.isLoopedBack, unicastDestinations: configuration.unicastDestinations))
        memberCount += 1
        guard configuration.isListening else { return SimulatedMemberIdentifier(number) }
        if configuration.interfaces != .none { membersByGroup[group, default: []].append(number) }
        membersByUnicast[SCTPAddress(host, port: configuration.port), default: []].append(number)
        return SimulatedMemberIdentifier(number)
    }

    /// Takes a multicast endpoint away; what is under way to it falls.
    public func removeMember(_ identifier: SimulatedMemberIdentifier) {
        let number = identifier.rawValue
        guard members.indices.contains(number), let member = members[number] else { return }
        members[number] = nil
        memberCount -= 1
        membersByGroup[member.group]?.removeAll { $0 == number }
        membersByUnicast[member.address]?.removeAll { $0 == number }
    }

    /// Sends a datagram from a multicast endpoint to its group and to its unicast destinations.
    public func announce(_ bytes: [UInt8], by identifier: SimulatedMemberIdentifier) {
        guard members.indices.contains(identifier.rawValue), let sender = members[identifier.rawValue] else { return }
        for number in membersByGroup[sender.group] ?? [] {
            guard let receiver = members[number] else { continue }
            if !sender.isLoopedBack, receiver.address.ip == sender.address.ip { continue }
            transmit(bytes, from: sender.address, to: number, at: receiver.address.ip)
        }
        for destination in sender.unicastDestinations {
            // As a host does: of several sockets at one place the one bound last has it.
            guard let number = membersByUnicast[destination]?.last else { continue }
            transmit(bytes, from: sender.address, to: number, at: destination.ip)
        }
    }

    /// The next datagram for a multicast endpoint, in the order in which they came. To be taken together with
    /// ``nextDelivery()``.
    public func nextAnnouncement() -> SimulatedAnnouncement? {
        announcements.popFirst()
    }

    private func transmit(_ bytes: [UInt8], from source: SCTPAddress, to member: Int, at host: IPAddress) {
        guard let delay = delay(from: source.ip, to: host) else { return }
        let arrival = MonotonicInstant(nanoseconds: now.nanoseconds + delay)
        schedule.add(.announcement(to: member, bytes: bytes, source: source), at: arrival)
    }

    func announcementArrived(_ bytes: [UInt8], _ source: SCTPAddress, at number: Int) {
        guard let member = members[number] else { return }
        // A path that was cut while the datagram was under way.
        guard isReachable(member.address.ip, from: source.ip) else {
            packetsLost &+= 1
            return
        }
        announcements.append(
            SimulatedAnnouncement(member: SimulatedMemberIdentifier(number), bytes: bytes, source: source))
    }
}

/// A multicast endpoint on a ``SimulatedNetwork``.
final class SimulatedMulticast: MulticastBackend {
    var handler: ((RawSpan, SCTPAddress) -> Void)?
    private(set) var statistics = MulticastStatistics()
    private let member: SimulatedMemberIdentifier
    private let network: SimulatedNetwork
    private let configuration: MulticastConfiguration
    private var isClosed = false

    init(_ member: SimulatedMemberIdentifier, in network: SimulatedNetwork, _ configuration: MulticastConfiguration) {
        self.member = member
        self.network = network
        self.configuration = configuration
    }

    func send(_ bytes: [UInt8]) throws(SCTPTransportError) {
        guard !isClosed else {
            throw SCTPTransportError(
                .endpointClosed, "the multicast endpoint of \(configuration.group) is closed; open a new one")
        }
        statistics.datagramsSent += 1 + UInt64(configuration.unicastDestinations.count)
        network.withSimulation { $0.announce(bytes, by: member) }
    }

    func deliver(_ announcement: SimulatedAnnouncement) {
        statistics.datagramsReceived += 1
        unsafe handler?(announcement.bytes.span.bytes, announcement.source)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        handler = nil
        network.remove(member)
    }
}
