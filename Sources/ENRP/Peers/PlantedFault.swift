/// Faults that a registrar can be given, to see that the tests and the simulation find them. Only debug builds act on them.
package enum PlantedFault: String, Hashable, Sendable, CaseIterable {
    /// The PE checksum keeps what an element that goes has put in (RFC 5353 §3.6.2).
    case checksumKeptOnDelete
    /// The takeover's arbitration compares the identifiers the wrong way round (RFC 5353 §3.5.1).
    case arbitrationReversed
    /// A resynchronisation marks elements and does not remove those that stay marked (RFC 5353 §3.6.3).
    case sweepLeftOut
    /// A registrar announces itself once and never again, so that its T7-ENRPoutdate runs out everywhere (RFC 5352 §3.6).
    case announceTimerNotRestarted
    /// The keep-alives of a takeover go without the H flag (RFC 5353 §3.5.2).
    case takeoverWithoutHomeFlag
}
