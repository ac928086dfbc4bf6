import RSerPoolParameters
import SCTPTransport

/// What a registrar keeps of one peer (RFC 5353 §3.4, §4.1).
struct Peer: Sendable {
    enum Status: Hashable, Sendable {
        /// Known by hearsay: another peer's list, an announcement, or elements that name it as their home. It has not been heard
        /// over an association; until it is, its failure is nobody's loss unless it owns elements.
        case rumoured
        case active
        /// Silent for too long, or its association has ended: asked for a sign of life, and dead where it gives none (§3.4.3).
        case probed
        /// "Not active": another registrar takes it over (§3.5.1). Not monitored.
        case inactive(by: RegistrarIdentifier)
        /// This registrar wants to take it over.
        case contested(Arbitration)
    }

    let identifier: RegistrarIdentifier
    var status: Status
    /// Where it is reached, as far as that is known.
    var addresses: [SCTPAddress] = []
    /// Where it says that it is reached; passed on in lists.
    var information: ServerInformationParameter?
    /// The association over which messages go to it; perhaps not up yet.
    var association: AssociationIdentifier?
    /// peer_last_heard (§3.4.3).
    var lastHeard: MonotonicInstant
    /// The checksum over its own elements that it last told.
    var toldChecksum: PEChecksum?
    /// How far it is, in milliseconds, as last measured; nil before that (draft-dreibholz-rserpool-delay).
    var distance: UInt32?
    /// Whether it has elements for which that counts, so that it is measured with each heartbeat.
    var isMeasured = false
    var audit = PeerAudit()
    /// The handle table that it is being given.
    var download: Download?
    /// What it has done wrong.
    var offences = PeerOffences()

    /// Whether it has a say in a takeover and is told of changes.
    var isListening: Bool {
        switch status {
        case .active, .probed: true
        case .rumoured, .inactive, .contested: false
        }
    }
}

/// The takeover of a peer while its other peers are asked (§3.5.1).
struct Arbitration: Hashable, Sendable {
    /// Those who have not acknowledged yet, in ascending order.
    var awaited: [RegistrarIdentifier]
    /// How often they were asked.
    var attempts = 1
}

/// A takeover that this registrar has won (§3.5.2), and for how long peers are told so that missed the word of it.
struct WonTakeover: Sendable {
    /// How many are kept; the oldest is forgotten.
    static let limit = 64

    let target: RegistrarIdentifier
    let validity: MonotonicInstant
}

/// A handle table being given to a peer (§3.2.3): the download session.
struct Download: Sendable {
    var cursor: TableCursor
    /// The W flag of the requests.
    var ownChildrenOnly: Bool
    var association: AssociationIdentifier
}

/// How far the own copy of a peer's elements agrees with the peer (§3.6).
struct PeerAudit: Hashable, Sendable {
    /// Elements of the peer that bear a lower number are "marked" (§3.6.3).
    var generation: UInt32 = 0
    /// A resynchronisation under way.
    var table: TableReceipt?
    /// The next resynchronisation may begin then.
    var earliest = MonotonicInstant.origin
    /// Resynchronisations in a row after which the checksums still differed.
    var fruitless = 0
    /// Nil until a checksum has been compared.
    var isInStep: Bool?
}

/// A handle table being received.
struct TableReceipt: Hashable, Sendable {
    var messages = 0
    /// Elements that came in it.
    var elements = 0
    var began: MonotonicInstant
}

/// Mischief of a peer, counted by kind; each kind is told of once.
struct PeerOffences: Hashable, Sendable {
    private var counts: [PeerOffence: UInt64] = [:]

    /// Counts one more.
    /// - Returns: true for the first of its kind.
    mutating func count(_ offence: PeerOffence) -> Bool {
        counts[offence, default: 0] += 1
        return counts[offence] == 1
    }

    subscript(_ offence: PeerOffence) -> UInt64 { counts[offence] ?? 0 }

    /// What was counted, in the order of ``PeerOffence/allCases``.
    var all: [(PeerOffence, UInt64)] {
        PeerOffence.allCases.compactMap { offence in counts[offence].map { (offence, $0) } }
    }
}

/// The peer list (§3.4), ordered by identifier.
struct PeerList: Sendable {
    private(set) var peers: [Peer] = []

    var count: Int { peers.count }

    /// The place of a peer, or where it would have to go.
    private func place(of identifier: RegistrarIdentifier) -> Int {
        var (low, high) = (0, peers.count)
        while low < high {
            let middle = (low + high) / 2
            if peers[middle].identifier < identifier { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func contains(_ identifier: RegistrarIdentifier) -> Bool {
        let place = place(of: identifier)
        return place < peers.count && peers[place].identifier == identifier
    }

    /// A peer; nil where there is none of that identifier. Setting adds, replaces or removes it.
    subscript(_ identifier: RegistrarIdentifier) -> Peer? {
        get {
            let place = place(of: identifier)
            return place < peers.count && peers[place].identifier == identifier ? peers[place] : nil
        }
        set {
            let place = place(of: identifier)
            let isThere = place < peers.count && peers[place].identifier == identifier
            if let newValue {
                if isThere { peers[place] = newValue } else { peers.insert(newValue, at: place) }
            } else if isThere {
                peers.remove(at: place)
            }
        }
    }

    /// Changes a peer in its place; nothing happens where there is none.
    mutating func change<Result>(_ identifier: RegistrarIdentifier, _ body: (inout Peer) -> Result) -> Result? {
        let place = place(of: identifier)
        guard place < peers.count, peers[place].identifier == identifier else { return nil }
        return body(&peers[place])
    }
}
