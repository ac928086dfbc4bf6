import SCTPTransport

/// The search for a home registrar (RFC 5352 §3.6, SH1–SH6), a part of the pool element's and the pool user's engine.
///
/// A round tries at most three registrars at a time, and each of the list at most once; where all refuse before T5 has passed,
/// the next round waits for it, so that a list of dead registrars costs a few packets a minute.
struct RegistrarHunt: Sendable {
    private struct Attempt: Sendable {
        var association: AssociationIdentifier
        var registrar: SCTPAddress
    }

    private let registrars: [SCTPAddress]
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

    init(registrars: [SCTPAddress], configuration: ServerHuntConfiguration) {
        self.registrars = registrars
        self.configuration = configuration
        timeout = configuration.serverHuntTimeout
    }

    var isRunning: Bool { roundEnd != nil }

    /// When ``timerExpired(at:numbering:)`` is wanted: T5, or the end of the whole search.
    var deadline: MonotonicInstant? {
        guard let roundEnd else { return nil }
        return min(roundEnd, timeLimit ?? .distantFuture)
    }

    /// The registrars that are searched.
    var list: [SCTPAddress] { registrars }

    /// SH1, SH2: starts a search; nothing happens while one runs.
    /// - Parameters:
    ///   - failed: a registrar that has just failed, to be tried last.
    ///   - excluded: a registrar that is not to be tried at all, for there is an association with it.
    mutating func start(
        after failed: SCTPAddress? = nil, excluding excluded: SCTPAddress? = nil, at now: MonotonicInstant,
        numbering: inout AssociationNumbering
    ) -> [SCTPAction] {
        guard !isRunning, registrars.contains(where: { $0 != excluded }) else { return [] }
        self.excluded = excluded
        timeLimit = configuration.timeLimit.map { now + $0 }
        if let failed, let place = registrars.firstIndex(of: failed) {
            position = place + 1
        }
        return startRound(at: now, numbering: &numbering)
    }

    /// What an expired timer leads to.
    enum Expiry {
        case nothingDue
        /// SH5: another round with other registrars; these were tried in vain.
        case nextRound([SCTPAction])
        /// The search's own time limit has passed; it is stopped.
        case gaveUp([SCTPAction])
    }

    mutating func timerExpired(at now: MonotonicInstant, numbering: inout AssociationNumbering) -> Expiry {
        guard let roundEnd, let deadline, deadline <= now else { return .nothingDue }
        if let timeLimit, timeLimit <= now { return .gaveUp(stop()) }
        precondition(roundEnd <= now)
        timeout = min(timeout * 2, configuration.maximumServerHuntTimeout)
        let aborts = attempts.map { SCTPAction.abort($0.association) }
        // A round that left registrars untried goes on with those; one that tried all starts over.
        if let next = untried.first, let place = registrars.firstIndex(of: next) { position = place }
        attempts.removeAll()
        return .nextRound(aborts + startRound(at: now, numbering: &numbering))
    }

    /// SH3, SH6: an association is up. Returns its registrar where it is one of the search's, with what closes the others.
    mutating func associationUp(_ association: AssociationIdentifier) -> (registrar: SCTPAddress, actions: [SCTPAction])? {
        guard let index = attempts.firstIndex(where: { $0.association == association }) else { return nil }
        let registrar = attempts.remove(at: index).registrar
        if let place = registrars.firstIndex(of: registrar) { position = place }
        return (registrar, stop())
    }

    /// SH4: an association could not be established; tries another registrar. Nil where it is none of the search's.
    mutating func associationFailed(
        _ association: AssociationIdentifier, numbering: inout AssociationNumbering
    ) -> [SCTPAction]? {
        guard let index = attempts.firstIndex(where: { $0.association == association }) else { return nil }
        attempts.remove(at: index)
        return fill(numbering: &numbering)
    }

    /// Ends the search, with what closes its associations.
    mutating func stop() -> [SCTPAction] {
        let actions = attempts.map { SCTPAction.abort($0.association) }
        attempts.removeAll()
        untried = []
        roundEnd = nil
        timeLimit = nil
        timeout = configuration.serverHuntTimeout
        return actions
    }

    private mutating func startRound(
        at now: MonotonicInstant, numbering: inout AssociationNumbering
    ) -> [SCTPAction] {
        position %= registrars.count
        untried = ArraySlice((registrars[position...] + registrars[..<position]).filter { $0 != excluded })
        roundEnd = now + timeout
        return fill(numbering: &numbering)
    }

    private mutating func fill(numbering: inout AssociationNumbering) -> [SCTPAction] {
        var actions: [SCTPAction] = []
        while attempts.count < configuration.maximumAssociations, let registrar = untried.popFirst() {
            let association = numbering.next()
            attempts.append(Attempt(association: association, registrar: registrar))
            actions.append(.open(association, to: [registrar]))
        }
        return actions
    }
}
