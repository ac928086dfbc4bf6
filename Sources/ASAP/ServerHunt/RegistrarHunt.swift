import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// The search for a home registrar (RFC 5352 §3.6, SH1–SH6), a part of the pool element's and the pool user's engine.
///
/// A round tries at most three registrars at a time, and each of the list at most once; where all refuse before T5 has passed,
/// the next round waits for it, so that a list of dead registrars costs a few packets a minute. A registrar that takes an
/// association and ends it again without an answer, as one does that does not serve yet, is let alone for a second, then for two,
/// and so on.
struct RegistrarHunt: Sendable {
    private struct Attempt: Sendable {
        var association: AssociationIdentifier
        var registrar: SCTPAddress
    }

    private(set) var directory: RegistrarDirectory
    private let configuration: ServerHuntConfiguration
    /// Where in the list the next round begins.
    private var position = 0
    /// Registrars that this round has not tried yet.
    private var untried: ArraySlice<SCTPAddress> = []
    private var attempts: [Attempt] = []
    private var timeout: Duration
    private var timeLimit: MonotonicInstant?
    private var excluded: SCTPAddress?
    private var roundEnd: MonotonicInstant?
    /// What the search found, until it has answered.
    private var unproven: (registrar: SCTPAddress, since: MonotonicInstant)?
    /// Registrars that are let alone until ``pauseEnd``.
    private var turnedAwayBy: [SCTPAddress] = []
    private var pauseEnd: MonotonicInstant?
    /// How long the next one is.
    private var pause = Self.firstPause
    private static let firstPause = Duration.seconds(1)

    init(
        registrars: RegistrarList, transport: RegistrarTransport = .sctp, configuration: ServerHuntConfiguration
    ) {
        directory = RegistrarDirectory(registrars, transport: transport, validity: configuration.announcementValidity)
        self.configuration = configuration
        timeout = configuration.serverHuntTimeout
    }

    var isRunning: Bool { roundEnd != nil }

    /// True for an association that the hunt opened and that is not up yet.
    func isTrying(_ association: AssociationIdentifier) -> Bool {
        attempts.contains { $0.association == association }
    }

    /// When ``timerExpired(at:numbering:)`` is wanted: T5, the end of a pause, or that of the whole search.
    var searchDeadline: MonotonicInstant? {
        guard let roundEnd else { return nil }
        return min(pauseEnd ?? roundEnd, timeLimit ?? .distantFuture)
    }

    /// When something is due: of the search, or a T7.
    var deadline: MonotonicInstant? {
        switch (searchDeadline, directory.deadline) {
        case (let search?, let outdate?): min(search, outdate)
        case (let search, let outdate): search ?? outdate
        }
    }

    /// The registrars that are searched.
    var list: [SCTPAddress] { directory.addresses }

    /// True where a search can find something: registrars are known, or may announce themselves.
    var isWorthwhile: Bool { directory.takesAnnouncements || !directory.entries.isEmpty }

    // MARK: Announcements

    /// Takes a datagram of the announcement channel. A search under way tries at once what is new.
    /// - Returns: the addresses that are new, and what there is to do; nil where the datagram was not read.
    mutating func hear(
        _ bytes: [UInt8], from source: SCTPAddress, at now: MonotonicInstant, numbering: inout AssociationNumbering
    ) throws(WireError) -> (new: [SCTPAddress], actions: [SCTPAction])? {
        guard let new = try directory.hear(bytes, from: source, at: now) else { return nil }
        guard isRunning else { return (new, []) }
        untried.append(contentsOf: new.filter { !isExcluded($0) && !hasTurnedAway($0) })
        return (new, fill(numbering: &numbering))
    }

    /// Removes registrars that have not announced themselves for T7-ENRPoutdate. An association with one stays.
    mutating func outdate(at now: MonotonicInstant) -> [SCTPAddress] {
        let ended = directory.expire(at: now)
        if !ended.isEmpty { untried.removeAll { ended.contains($0) } }
        return ended
    }

    // MARK: Searching

    /// SH1, SH2: starts a search; nothing happens while one runs.
    /// - Parameters:
    ///   - failed: a registrar that has just failed, to be tried last. Where it was found within the last T5 and has answered
    ///     nothing, the search for it goes on, within the same time limit.
    ///   - excluded: a registrar that is not to be tried at all, for there is an association with it.
    mutating func start(
        after failed: SCTPAddress? = nil, excluding excluded: SCTPAddress? = nil, at now: MonotonicInstant,
        numbering: inout AssociationNumbering
    ) -> [SCTPAction] {
        guard !isRunning, directory.takesAnnouncements || list.contains(where: { $0 != excluded }) else { return [] }
        if !list.isEmpty { fulfils("requirements-2.5-R3") }
        self.excluded = excluded
        if let failed, let place = list.firstIndex(of: failed) {
            position = place + 1
        }
        if excluded == nil, let failed, let unproven, unproven.registrar == failed,
            now - unproven.since < configuration.serverHuntTimeout
        {
            turnedAwayBy.append(failed)
            if pauseEnd.map({ $0 <= now }) ?? true {
                pauseEnd = now + pause
                pause = min(pause * 2, configuration.maximumServerHuntTimeout)
            }
        } else {
            // Another search than the last one.
            answered()
            timeLimit = configuration.timeLimit.map { now + $0 }
        }
        unproven = nil
        return startRound(at: now, numbering: &numbering)
    }

    /// The registrar that was found does its part: with that the search has come to its end.
    mutating func answered() {
        unproven = nil
        turnedAwayBy.removeAll()
        pauseEnd = nil
        pause = Self.firstPause
    }

    /// What an expired timer leads to.
    enum Expiry {
        case nothingDue
        /// SH5: another round with other registrars, for these were tried in vain. Or those are tried again that were let alone.
        case continues([SCTPAction])
        /// The search's own time limit has passed; it is stopped.
        case gaveUp([SCTPAction])
    }

    mutating func timerExpired(at now: MonotonicInstant, numbering: inout AssociationNumbering) -> Expiry {
        guard let roundEnd, let searchDeadline, searchDeadline <= now else { return .nothingDue }
        if let timeLimit, timeLimit <= now { return .gaveUp(stop()) }
        if pauseEnd != nil {
            untried.append(contentsOf: list.filter { hasTurnedAway($0) && !isExcluded($0) })
            turnedAwayBy.removeAll()
            pauseEnd = nil
            return .continues(fill(numbering: &numbering))
        }
        precondition(roundEnd <= now)
        fulfils("asap-3.6-R16")
        fulfils("asap-3.6-R17")
        timeout = min(timeout * 2, configuration.maximumServerHuntTimeout)
        fulfils("asap-3.6-R18")
        let aborts = attempts.map { SCTPAction.abort($0.association) }
        // A round that left registrars untried goes on with those; one that tried all starts over.
        fulfils("asap-3.6-R20")
        if let next = untried.first, let place = list.firstIndex(of: next) { position = place }
        attempts.removeAll()
        fulfils("asap-3.6-R19")
        return .continues(aborts + startRound(at: now, numbering: &numbering))
    }

    /// SH3, SH6: an association is up. Returns its registrar where it is one of the search's, with what closes the others.
    mutating func associationUp(
        _ association: AssociationIdentifier, at now: MonotonicInstant
    ) -> (registrar: SCTPAddress, actions: [SCTPAction])? {
        guard let index = attempts.firstIndex(where: { $0.association == association }) else { return nil }
        fulfils("asap-3.6-R21")
        let registrar = attempts.remove(at: index).registrar
        if let place = list.firstIndex(of: registrar) { position = place }
        unproven = (registrar, now)
        return (registrar, endRound())
    }

    /// SH4: an association could not be established; tries another registrar. Nil where it is none of the search's.
    mutating func associationFailed(
        _ association: AssociationIdentifier, numbering: inout AssociationNumbering
    ) -> [SCTPAction]? {
        guard let index = attempts.firstIndex(where: { $0.association == association }) else { return nil }
        attempts.remove(at: index)
        fulfils("asap-3.6-R15")
        return fill(numbering: &numbering)
    }

    /// Ends the search, with what closes its associations.
    mutating func stop() -> [SCTPAction] {
        answered()
        return endRound()
    }

    private mutating func endRound() -> [SCTPAction] {
        let actions = attempts.map { SCTPAction.abort($0.association) }
        attempts.removeAll()
        untried = []
        fulfils("asap-3.6-R13")
        roundEnd = nil
        fulfils("asap-3.6-R14")
        timeout = configuration.serverHuntTimeout
        return actions
    }

    private mutating func startRound(
        at now: MonotonicInstant, numbering: inout AssociationNumbering
    ) -> [SCTPAction] {
        let registrars = list
        // Configured ones are in front: an announcement may be anybody's (§9.2).
        fulfils("asap-9.2-R22")
        position = registrars.isEmpty ? 0 : position % registrars.count
        untried = ArraySlice(
            (registrars[position...] + registrars[..<position]).filter { !isExcluded($0) && !hasTurnedAway($0) })
        fulfils("asap-3.6-R12")
        roundEnd = (pauseEnd ?? now) + timeout
        return fill(numbering: &numbering)
    }

    private mutating func fill(numbering: inout AssociationNumbering) -> [SCTPAction] {
        var actions: [SCTPAction] = []
        while attempts.count < configuration.maximumAssociations, let registrar = nextUntried() {
            fulfils("asap-3.6-R9")
            fulfils("asap-3.6-R10")
            let association = numbering.next(directory.transport.channel)
            attempts.append(Attempt(association: association, registrar: registrar))
            actions.append(.open(association, to: [registrar]))
        }
        if !untried.isEmpty { fulfils("asap-3.6-R11") }
        return actions
    }

    /// The next address of a registrar that no attempt is under way with: several associations with one would find nothing new.
    private mutating func nextUntried() -> SCTPAddress? {
        let place = untried.firstIndex { address in
            guard let server = server(at: address) else { return true }
            return !attempts.contains { self.server(at: $0.registrar) == server }
        }
        return place.map { untried.remove(at: $0) }
    }

    private func isExcluded(_ address: SCTPAddress) -> Bool { excluded.map { isSame($0, address) } ?? false }

    private func hasTurnedAway(_ address: SCTPAddress) -> Bool { turnedAwayBy.contains { isSame($0, address) } }

    /// Whether two addresses are known to be one registrar's.
    private func isSame(_ one: SCTPAddress, _ other: SCTPAddress) -> Bool {
        if one == other { return true }
        guard let server = server(at: one) else { return false }
        return server == self.server(at: other)
    }

    private func server(at address: SCTPAddress) -> RegistrarIdentifier? {
        directory.entries.first { $0.address == address }?.server
    }
}
