public import RSerPoolParameters
public import SCTPTransport

/// What happens between a registrar and its peers (RFC 5353 §3).
public enum PeerEvent: Hashable, Sendable {
    // §3.2
    /// The registrar takes this one for its mentor, by its addresses where its identifier is not known yet.
    case mentorChosen(RegistrarIdentifier?, [SCTPAddress])
    /// A mentor was of no use.
    case mentorFailed(RegistrarIdentifier?, [SCTPAddress], MentorFailure)
    /// The registrar serves from now on: with the handlespace of its mentor, or alone.
    case serviceBegun(mentor: RegistrarIdentifier?, elements: Int)
    /// Another registrar has the identifier that this one had; it has drawn a new one. In service it takes the elements that it had
    /// over, under the new identifier.
    case identifierChanged(from: RegistrarIdentifier, to: RegistrarIdentifier)
    /// Another registrar has the same identifier, and both serve (§3.2.1). Where both go on hearing each other, the one with the greater
    /// address begins anew under another identifier; ``identifierChanged(from:to:)`` follows there.
    case identifierShared(RegistrarIdentifier)

    // §3.4
    /// A peer is new in the peer list.
    case found(RegistrarIdentifier, SCTPAddress?)
    /// A peer is heard again that was silent, or given up.
    case recovered(RegistrarIdentifier)
    /// A peer was silent for too long, or its association ended; it is asked for a sign of life.
    case suspected(RegistrarIdentifier)
    /// A peer gave no sign of life.
    case lost(RegistrarIdentifier)
    /// A peer that was known by hearsay only, and was not reached, is forgotten.
    case forgotten(RegistrarIdentifier)

    // §3.5
    /// The registrar wants to take a peer over.
    case takeoverBegun(RegistrarIdentifier)
    /// It leaves the takeover to somebody else.
    case takeoverYielded(RegistrarIdentifier, to: RegistrarIdentifier)
    /// The peer to be taken over lives.
    case takeoverStopped(RegistrarIdentifier)
    /// The registrar has taken a peer over, with so many elements; `unheard` did not acknowledge.
    case takeoverWon(RegistrarIdentifier, elements: Int, unheard: [RegistrarIdentifier])
    /// Another registrar has taken a peer over, with so many elements.
    case takenOver(RegistrarIdentifier, by: RegistrarIdentifier, elements: Int)
    /// A peer takes this registrar for dead.
    case takeoverOfSelf(by: RegistrarIdentifier)
    /// An element that was a peer's is now this registrar's, and has said that it lives.
    case elementAdopted(PoolHandle, PoolElementIdentifier)

    // §3.3
    /// A peer told of an element that is new.
    case elementAdded(PoolHandle, PoolElementIdentifier, home: RegistrarIdentifier)
    /// A peer told that an element is gone.
    case elementRemoved(PoolHandle, PoolElementIdentifier, home: RegistrarIdentifier)
    /// An element that was this registrar's has another home now.
    case elementReleased(PoolHandle, PoolElementIdentifier, home: RegistrarIdentifier)

    // §3.6
    /// The checksum that a peer told is not that of the own copy of its elements.
    case checksumMismatch(RegistrarIdentifier, told: PEChecksum, own: PEChecksum)
    /// A peer's elements are asked for anew (RFC 5353 §3.6.3).
    case resynchronisationBegun(RegistrarIdentifier)
    /// The own copy of a peer's elements was renewed: so many came, so many were removed because they did not.
    case resynchronised(RegistrarIdentifier, elements: Int, removed: Int)
    /// They were not to be had, and why.
    case resynchronisationFailed(RegistrarIdentifier, MentorFailure)
    /// The checksums agree again, or for the first time.
    case inStep(RegistrarIdentifier)

    /// Announcements by multicast are thrown away: there are too many of them (`flood`), or they cannot be read (`malformedMessage`).
    /// Told once for each; ``RegistrarSnapshot/announcementOffences`` has the counts.
    case announcementsDiscarded(PeerOffence)

    /// A peer does what it should not; told once for each kind and peer, and counted in the snapshot.
    case offence(PeerOffence, RegistrarIdentifier)
}

/// Why a handle table, or a list, was not to be had from a peer.
public enum MentorFailure: Hashable, Sendable {
    /// No answer within MAX-TIME-NO-RESPONSE.
    case noResponse
    /// It refused, by the R flag.
    case rejected
    /// The association could not be established, or broke.
    case unreachable
    /// Its handle table has no end (``PeerLimits/maximumTableMessages``).
    case endless
}

/// What a peer may do wrong.
public enum PeerOffence: UInt8, Hashable, Sendable, CaseIterable {
    /// A message that cannot be read.
    case malformedMessage
    /// A message for another registrar.
    case wrongReceiver
    /// More messages than ``PeerLimits/maximumMessagesPerSecond`` or ``PeerLimits/maximumPresencesPerSecond``.
    case flood
    /// A list or a handle table that was not asked for.
    case unsolicitedResponse
    /// An element that is not the sender's to tell of.
    case foreignElement
    /// An element that is refused: it is too long, or there are as many as there may be.
    case refusedElement
    /// A handle table without an end.
    case endlessTable
    /// Checksums that go on to differ after the peer's elements were fetched anew.
    case persistentMismatch
    /// The takeover of a peer that lives.
    case takeoverOfTheLiving
    /// An ENRP_ERROR: the peer did not understand something.
    case errorReported
}
