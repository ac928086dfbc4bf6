import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// Handle tables: RFC 5353 §3.2.3 from the mentor's side, and their requests and answers for both uses, download and
// resynchronisation (§3.6.3).
extension RegistrarEngine {
    // MARK: Giving

    /// Gives a peer the first part of the handlespace, or the next one.
    ///
    /// A request does not say whether it is the first of its session. It is taken for the next one where a session with the same
    /// W flag is under way over the same association; a peer that starts anew has another association.
    mutating func answer(
        _ request: ENRPMessage.HandleTableRequest, over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        let sender = request.sender
        if let download = peers[sender]?.download,
            download.ownChildrenOnly != request.ownChildrenOnly || download.association != association
        {
            closeDownload(of: sender)
        }
        if peers[sender]?.download == nil {
            // §3.2.3: a registrar that initialises itself, or has too many sessions open, refuses.
            let open = peers.peers.count { $0.download != nil }
            guard isServing, open < configuration.peers.limits.maximumDownloads else {
                fulfils("enrp-2.3-R1")
                fulfils("enrp-2.3-R2")
                fulfils("enrp-3.2.3-R17")
                let rejection = ENRPMessage.HandleTableResponse(isRejected: true, sender: identifier, receiver: sender)
                return send(.handleTableResponse(rejection), over: association)
            }
            fulfils("enrp-3.2.3-R3")
            if request.ownChildrenOnly { fulfils("enrp-3.6.3-R4") }
            let cursor = handlespace.openCursor(ownedBy: request.ownChildrenOnly ? identifier : nil)
            let download = Download(cursor: cursor, ownChildrenOnly: request.ownChildrenOnly, association: association)
            _ = peers.change(sender) { $0.download = download }
        }
        sendTablePart(to: sender, at: now)
    }

    private mutating func sendTablePart(to peer: RegistrarIdentifier, at now: MonotonicInstant) {
        guard var download = peers[peer]?.download else { return }
        var table = HandleTableWriter(
            sender: identifier, receiver: peer, limit: configuration.peers.limits.maximumTableMessageSize)
        var next = handlespace.element(at: download.cursor)
        while let location = next {
            do throws(WireEncodingError) {
                guard try table.add(handlespace.parameter(at: location), of: handlespace.handle(of: location)) else { break }
            } catch {
                // Never so: every element was looked at when it came in. It could not be sent at all.
            }
            handlespace.advance(&download.cursor, over: location)
            next = handlespace.element(at: download.cursor)
        }
        let hasMore = next != nil
        _ = peers.change(peer) { $0.download = download }
        fulfils("enrp-3.2.3-R4")
        if let bytes = try? table.finish(hasMore: hasMore) { send(bytes, over: download.association) }
        if hasMore {
            fulfils("enrp-3.2.3-R5")
            fulfils("enrp-3.2.3-R6")
            fulfils("enrp-3.2.3-R21")
            fulfils("enrp-3.6.3-R10")
            timers.start(.download(peer), at: now + configuration.peers.downloadSessionTime)
        } else {
            fulfils("enrp-3.2.3-R7")
            fulfils("enrp-3.2.3-R8")
            closeDownload(of: peer)
        }
    }

    /// Ends the session with a peer and forgets its progress.
    mutating func closeDownload(of peer: RegistrarIdentifier) {
        timers.stop(.download(peer))
        guard let download = peers[peer]?.download else { return }
        handlespace.close(download.cursor)
        _ = peers.change(peer) { $0.download = nil }
    }

    // MARK: Asking

    mutating func requestTable(
        from peer: RegistrarIdentifier, ownChildrenOnly: Bool, over association: AssociationIdentifier
    ) {
        send(
            .handleTableRequest(
                ENRPMessage.HandleTableRequest(ownChildrenOnly: ownChildrenOnly, sender: identifier, receiver: peer)),
            over: association)
    }

    mutating func take(
        _ response: ENRPMessage.HandleTableResponse, over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        if takeMentorTable(response, over: association, at: now) { return }
        if takeResynchronisation(response, over: association, at: now) { return }
        offend(.unsolicitedResponse, response.sender, association)
    }

    /// How long a handle table may take in all: each part may come late, but not every one of them.
    static var maximumTableTime: Duration { .seconds(600) }

    /// Whether the next part of a table is to be asked for.
    func mayGoOn(_ receipt: TableReceipt, at now: MonotonicInstant) -> Bool {
        receipt.messages < configuration.peers.limits.maximumTableMessages && now - receipt.began < Self.maximumTableTime
    }

    // MARK: Elements of others

    /// Puts a peer's element into the own handlespace, or its new values (§3.2.3, step 4; §3.3.1; §3.6.3, step 4).
    ///
    /// What its home has accepted is taken as it is: an element that does not fit its pool's policy is given out by neutral values,
    /// for a copy that lacks it could never agree with its home's checksum.
    /// - Returns: true where the element is new.
    @discardableResult
    mutating func copy(_ element: PoolElementParameter, of pool: PoolHandle, at now: MonotonicInstant) -> Bool {
        let home = element.homeRegistrar
        var element = element
        element.policy = relocated(element.policy, from: home)
        let generation = peers[home]?.audit.generation ?? 0
        guard home != .undetermined, let size = admissibleSize(of: element, in: pool) else {
            offend(.refusedElement, home)
            return false
        }
        do {
            if let location = handlespace.location(of: element.identifier, in: pool) {
                if handlespace.home(of: location) != home { unwatch(location) }
                try handlespace.replace(location, with: element, isTolerant: true)
                fulfils("enrp-3.2.3-R15")
                fulfils("enrp-3.3.1-R10")
                fulfils("enrp-3.6.3-R6")
                fulfils("enrp-3.6.3-R7")
                handlespace[location].size = size
                handlespace[location].generation = generation
                handlespace[location].renewed = now
                return false
            }
            guard hasRoom(in: pool) else {
                offend(.refusedElement, home)
                return false
            }
            let isNewPool = handlespace.pool(pool) == nil
            let supervision = Supervision(size: size, generation: generation, registered: now, renewed: now)
            _ = try handlespace.insert(element, supervision, in: pool, isTolerant: true)
            guard isNewPool else {
                fulfils("enrp-3.2.3-R14")
                fulfils("enrp-3.3.1-R9")
                return true
            }
            fulfils("enrp-3.2.3-R12")
            fulfils("enrp-3.2.3-R13")
            fulfils("enrp-3.3.1-R6")
            fulfils("enrp-3.3.1-R7")
            fulfils("enrp-3.3.1-R8")
            tell(.poolCreated(pool, element.policy.type))
            return true
        } catch {
            // Unreached: the pool's own neutral values are what it takes.
            offend(.refusedElement, home)
            return false
        }
    }

    /// Bytes of the element with padding; nil where it, or its pool's handle, is longer than this registrar keeps.
    private mutating func admissibleSize(of element: PoolElementParameter, in pool: PoolHandle) -> Int32? {
        let limits = configuration.limits
        guard !pool.bytes.isEmpty, pool.bytes.count <= limits.maximumHandleLength else { return nil }
        writer.reset()
        writer.write(element)
        let size = (writer.bytes.count + 3) & ~3
        return size <= limits.maximumElementSize ? Int32(size) : nil
    }

    private func hasRoom(in pool: PoolHandle) -> Bool {
        let limits = configuration.limits
        guard handlespace.elementCount < limits.maximumElements else { return false }
        guard let place = handlespace.pool(pool) else { return handlespace.poolCount < limits.maximumPools }
        return handlespace.pool(at: place).count < limits.maximumElementsPerPool
    }
}
