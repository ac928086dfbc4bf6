import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.1: registration, as the registrar sees it.
extension RegistrarEngine {
    mutating func register(
        _ request: ASAPMessage.Registration, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        let identifier = request.element.identifier
        // Rule 4: this registrar owns it, and records where it comes from.
        var element = request.element
        fulfils("asap-1.1-R3")
        fulfils("asap-3.1-R32")
        element.homeRegistrar = self.identifier
        fulfils("asap-3.1-R34")
        element.asapTransport = associations[association]?.transport
        element.policy = located(element.policy, from: association)
        writer.reset()
        writer.write(element)
        let size = (writer.bytes.count + 3) & ~3
        var causes = unacceptable(request, size: size, from: association)
        if causes.isEmpty {
            do throws(PolicyError) {
                try enter(element, of: request.pool, size: Int32(size), from: association, at: now)
            } catch {
                // Unreached: the policy was looked at before. The pool's order has refused it all the same.
                causes = [.invalidValues(quote(request.element.policy))]
            }
        }
        if causes.isEmpty {
            fulfils("asap-2.2.3-R1")
            fulfils("asap-3.1-R37")
        } else {
            fulfils("asap-3.1-R38")
            fulfils("asap-3.1-R39")
            fulfils("asap-3.1-R41")
        }
        fulfils("asap-3.1-R36")
        if !causes.isEmpty { tell(.registrationRejected(request.pool, identifier, causes, association)) }
        send(
            .registrationResponse(
                ASAPMessage.RegistrationResponse(
                    isRejected: !causes.isEmpty, pool: request.pool, identifier: identifier, causes: causes)),
            to: association)
    }

    // MARK: Rules 2, 3 and 5: what is rejected

    /// Every cause to reject a registration for; none where it is granted.
    private mutating func unacceptable(
        _ request: ASAPMessage.Registration, size: Int, from association: AssociationIdentifier
    ) -> [ErrorCause] {
        // RFC 5352 §2.1: pool elements use SCTP; over TCP there is neither an endpoint to open an association to nor one to check
        // addresses by. No cause of RFC 5354 says that.
        if association.channel == .asapOverTCP {
            fulfils("asap-2.1-R1")
            return [.unspecified]
        }
        let element = request.element
        let limits = configuration.limits
        var causes: [ErrorCause] = []
        if request.pool.bytes.isEmpty { causes.append(.invalidValues(quote(request.pool))) }
        if element.registrationLife.rawValue == 0 || element.registrationLife.rawValue < -1 {
            fulfils("asap-3.1-R35")
            causes.append(.invalidValues(quote(element)))
        }
        if !areAcceptable(element.userTransport.addresses, of: association) {
            fulfils("asap-2.2.1-R4")
            fulfils("asap-6.1-R1")
            fulfils("asap-3.1-R1")
            causes.append(.invalidValues(quote(element.userTransport)))
        }
        do throws(PolicyError) {
            try PolicyRegistry.check(element.policy)
        } catch {
            causes.append(.invalidValues(quote(element.policy)))
        }

        var lacksResources = request.pool.bytes.count > limits.maximumHandleLength
        if element.userTransport.addresses.count > limits.maximumAddressesPerElement { lacksResources = true }
        if size > limits.maximumElementSize { lacksResources = true }
        if let place = handlespace.pool(request.pool) {
            let pool = handlespace.pool(at: place)
            fulfils("asap-3.1-R27")
            causes += Self.inconsistencies(of: element, with: pool)
            if let location = handlespace.location(of: element.identifier, inPool: place) {
                fulfils("asap-3.1-R30")
                if !isSameElement(at: location, from: association) { causes.append(.nonUniquePoolElementIdentifier) }
            } else if pool.count >= limits.maximumElementsPerPool || handlespace.elementCount >= limits.maximumElements {
                lacksResources = true
            }
        } else if handlespace.poolCount >= limits.maximumPools || handlespace.elementCount >= limits.maximumElements {
            lacksResources = true
        }
        if lacksResources { causes.append(.lackOfResources) }
        return causes
    }

    /// Rules 2 and 3: policy type, transport type and transport use must be the pool's.
    private static func inconsistencies(
        of element: PoolElementParameter, with pool: Handlespace<Supervision>.Pool
    ) -> [ErrorCause] {
        var causes: [ErrorCause] = []
        if element.policy.type != pool.policy.type { causes.append(.inconsistentPoolPolicy(pool.policy)) }
        if element.userTransport.parameterType != pool.transportType, let sample = pool.sampleTransport {
            causes.append(.inconsistentTransportType(sample))
        }
        if element.userTransport.use != pool.transportUse { causes.append(.inconsistentDataControlConfiguration) }
        if !causes.isEmpty {
            fulfils("asap-3.1-R9")
            fulfils("asap-3.1-R28")
        }
        return causes
    }

    /// Whether a registration under an identifier that the pool has already is its element's own.
    ///
    /// It is where it comes over the same association or from the same SCTP endpoint. It also is while the element's
    /// association has ended and it is not known to live: an element that starts anew keeps its identifier, not its endpoint.
    /// Otherwise another element has drawn the same number, or somebody wants to take the first one's place.
    private func isSameElement(at location: ElementLocation, from association: AssociationIdentifier) -> Bool {
        guard let new = associations[association] else { return true }
        guard let known = handlespace[location].association else {
            // A peer's element that changes its home (§3.1, rule 4). The peer sees to it while it lives, so only its own hosts count;
            // an element that has started anew there has another port.
            let element = handlespace.parameter(at: location)
            let addresses = element.endpointAddresses.map(\.ip) + element.userTransport.addresses
            return !configuration.checksAddresses || addresses.isEmpty || addresses.contains(where: new.includes)
        }
        guard known != association, let old = associations[known], old.isUp else { return true }
        return old.sharesEndpoint(with: new)
    }

    /// RFC 5352 §2.2.1: an element's addresses are among those of its association. None of them can be an address that is no
    /// single host's.
    private func areAcceptable(_ addresses: [IPAddress], of association: AssociationIdentifier) -> Bool {
        guard let peer = associations[association] else { return false }
        return addresses.allSatisfy { address in
            !address.isUnspecified && !address.isMulticast && (!configuration.checksAddresses || peer.includes(address))
        }
    }

    // MARK: Rules 1 to 4: what is granted

    private mutating func enter(
        _ element: PoolElementParameter, of pool: PoolHandle, size: Int32, from association: AssociationIdentifier,
        at now: MonotonicInstant
    ) throws(PolicyError) {
        let expiry = element.registrationLife.duration.map { now + $0 } ?? .distantFuture
        if let location = handlespace.location(of: element.identifier, in: pool) {
            fulfils("asap-3.1-R29")
            fulfils("asap-3.1-R31")
            if handlespace.home(of: location) != identifier { fulfils("asap-3.1-R33") }
            try handlespace.replace(location, with: element)
            attach(location, to: association)
            handlespace[location].expiry = expiry
            handlespace[location].size = size
            handlespace[location].reports = 0
            handlespace[location].renewed = now
            handlespace[location].isClaimed = false
            // It has just shown that it lives.
            scheduleCheck(of: location, at: now)
            tell(.elementRenewed(pool, element.identifier, element.policy))
            fulfils("enrp-3.3.1-R1")
            return announce(.add, location, suggestingTakeover: true)
        }
        let isNewPool = handlespace.pool(pool) == nil
        let supervision = Supervision(expiry: expiry, size: size, registered: now, renewed: now)
        fulfils("asap-3.1-R26")
        let location = try handlespace.insert(element, supervision, in: pool)
        enlist(location, with: association)
        scheduleCheck(of: location, at: now)
        if isNewPool {
            fulfils("asap-3.1-R22")
            tell(.poolCreated(pool, element.policy.type))
        }
        tell(.elementRegistered(pool, element.identifier, element.policy))
        fulfils("enrp-3.3.1-R1")
        fulfils("asap-3.1-R40")
        announce(.add, location, suggestingTakeover: true)
    }
}
