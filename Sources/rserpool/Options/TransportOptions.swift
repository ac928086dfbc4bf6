import ASAP
import ArgumentParser
import InternetAddresses
import SCTPTransport

/// `--transport`.
enum TransportChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case auto
    case kernel
    case userland

    var backend: SCTPBackendChoice {
        switch self {
        case .auto: .automatic
        case .kernel: .kernel
        case .userland: .userland
        }
    }
}

/// `--timing`.
enum TimingChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case standard
    case fast

    var timing: SCTPTiming {
        var timing = SCTPTiming()
        switch self {
        case .standard: break
        case .fast:
            // A dead peer is noticed after RTO + 3 × RTO.Max, that is within 2 s; RTO.Min stays above the SACK delay.
            timing.initialRetransmissionTimeout = .milliseconds(300)
            timing.minimumRetransmissionTimeout = .milliseconds(300)
            timing.maximumRetransmissionTimeout = .milliseconds(500)
            timing.heartbeatInterval = .milliseconds(500)
            timing.maximumAssociationRetransmissions = 3
            timing.maximumPathRetransmissions = 3
            timing.maximumInitRetransmissions = 3
        }
        return timing
    }
}

/// Options of every command that opens an endpoint.
struct TransportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which SCTP: auto takes the kernel's where it has one, else userland.",
            discussion:
                "userland is SCTP in this process over UDP (RFC 6951); it needs no privileges and is for trusted networks."))
    var transport: TransportChoice = .auto

    @Option(help: "Time-outs: standard as RFC 9260 has them, fast to notice a dead peer within 2 seconds.")
    var timing: TimingChoice = .standard
}

/// Options of every command that talks to registrars.
struct RegistrarOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A registrar; may be given several times. (default: 127.0.0.1:3863)", valueName: "address[:port][/udp-port]"),
        transform: AddressArguments.registrar)
    var registrar: [SCTPAddress] = []

    @Flag(help: "Also look for registrars by their announcements at 224.0.1.185 and ff05::133; without --registrar, only so.")
    var announced = false

    @Option(
        help: ArgumentHelp("Look for announcements there instead.", valueName: "group[:port]"),
        transform: { AddressOption(try AddressArguments.multicastGroup($0)) })
    var announceGroup: AddressOption?

    /// Where the registrars are.
    var list: RegistrarList {
        let groups =
            announceGroup.map { [MulticastConfiguration(group: $0.address.ip, port: $0.address.port)] }
            ?? (announced ? RegistrarList.standardGroups : [])
        let isDefault = registrar.isEmpty && groups.isEmpty
        return RegistrarList.fixed(
            isDefault ? [SCTPAddress(.loopbackIPv4, port: AddressArguments.registrarPort)] : registrar
        ).addingAnnouncements(to: groups)
    }
}

/// How pool users reach registrars.
struct RegistrarTransportOptions: ParsableArguments {
    @Option(help: "How registrars are reached. TCP needs no SCTP there, but gives no updates of a pool.")
    var registrarOver: RegistrarTransportChoice = .sctp
}

/// `--registrar-over`.
enum RegistrarTransportChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case sctp
    case tcp

    var transport: RegistrarTransport {
        switch self {
        case .sctp: .sctp
        case .tcp: .tcp
        }
    }
}
