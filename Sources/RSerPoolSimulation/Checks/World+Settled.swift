import ASAP
import ENRP
import RSerPoolParameters
import SCTPTransport

// Checked when the faults have been over for the settling time.
extension World {
    func checkSettled() {
        let running = registrars.filter(\.isRunning)
        let snapshots = running.compactMap(\.snapshot)
        for (registrar, snapshot) in zip(running, snapshots) {
            checkMembers(of: snapshot, at: registrar)
            checkResolution(at: registrar)
        }
        if let first = snapshots.first {
            let expected = contents(of: first)
            for (registrar, snapshot) in zip(running, snapshots).dropFirst() where contents(of: snapshot) != expected {
                fail(.equality, "\(registrar.name) does not hold what \(running[0].name) holds: \(difference(first, snapshot))")
            }
        }
        checkPeers(of: snapshots, at: running)
        for user in users where user.isRunning && now - user.lastAnswer > SimulationTimers.userPace * 2 {
            fail(.session, "\(user.name) has no session that runs: its last answer was at \(user.lastAnswer.text)")
        }
        guard violation == nil else { return }
        checks.settled = now
        record("all is well: \(snapshots.first?.elements ?? 0) elements at \(running.count) registrars")
    }

    /// Every living element is there once, and nothing else.
    private func checkMembers(of snapshot: RegistrarSnapshot, at registrar: SimulatedRegistrar) {
        var held: Set<ElementKey> = []
        for pool in snapshot.pools {
            for element in pool.elements {
                let key = ElementKey(pool: pool.handle, identifier: element.parameter.identifier)
                if !held.insert(key).inserted { fail(.registration, "\(registrar.name) has \(key) twice") }
                guard let truth = checks.truths[key] else {
                    return fail(.registration, "\(registrar.name) has \(key), which never was")
                }
                guard truth.isAlive else {
                    let how = truth.hasDeregistered ? "deregistered" : "ended"
                    return fail(.registration, "\(registrar.name) still has \(key), which \(how) at \(truth.ended.text)")
                }
            }
        }
        for element in elements where element.life == .member && !held.contains(element.key) {
            fail(.registration, "\(registrar.name) does not have \(element.key) of \(element.name), which lives")
        }
    }

    /// Every living element is given to a user who asks for all of its pool, and nothing else is (RFC 5352 §3.3).
    private func checkResolution(at registrar: SimulatedRegistrar) {
        for number in 1...options.pools {
            let pool = PoolHandle("pool-\(number)")
            let living = elements.filter { $0.life == .member && $0.pool == pool }.map(\.identifier).sorted()
            // An answer has so many elements at most.
            guard living.count <= timers.registrar.limits.maximumElementsPerResponse else { continue }
            let given = registrar.resolve(pool).sorted()
            if given != living {
                fail(.resolution, "\(registrar.name) resolves \(pool) to \(given), and \(living) live there")
            }
        }
    }

    /// Every registrar knows every other one that runs, and none besides, and agrees with each on what is its.
    private func checkPeers(of snapshots: [RegistrarSnapshot], at registrars: [SimulatedRegistrar]) {
        for (registrar, snapshot) in zip(registrars, snapshots) {
            if !snapshot.isServing { fail(.registration, "\(registrar.name) does not serve") }
            let living = snapshots.filter { $0.registrar != snapshot.registrar }
            for other in living {
                guard let peer = snapshot.peers.first(where: { $0.registrar == other.registrar }) else {
                    return fail(.equality, "\(registrar.name) does not know registrar \(other.registrar)")
                }
                guard peer.status == .active else {
                    return fail(.equality, "\(registrar.name) takes registrar \(other.registrar) for \(peer.status)")
                }
                if peer.checksum != other.checksum {
                    fail(
                        .checksum,
                        "\(registrar.name) has the checksum \(peer.checksum) of registrar \(other.registrar), whose own is "
                            + "\(other.checksum)")
                }
            }
            for peer in snapshot.peers where !living.contains(where: { $0.registrar == peer.registrar }) {
                if peer.status == .rumoured { continue }
                fail(.equality, "\(registrar.name) still knows registrar \(peer.registrar), which is gone, as \(peer.status)")
            }
        }
    }

    /// While the world is in peace: no element has two homes that live.
    func audit() {
        guard let healed = checks.healed, now - healed < timers.settlingTime else { return }
        appoint(.audit, after: .seconds(5))
        guard registrars.count > 1 else { return }
        var owners: [ElementKey: SimulatedRegistrar] = [:]
        for registrar in registrars {
            guard let snapshot = registrar.snapshot else { continue }
            for pool in snapshot.pools {
                for element in pool.elements where element.parameter.homeRegistrar == snapshot.registrar {
                    let key = ElementKey(pool: pool.handle, identifier: element.parameter.identifier)
                    if let other = owners.updateValue(registrar, forKey: key) {
                        return fail(.ownership, "\(key) is \(registrar.name)'s and \(other.name)'s")
                    }
                }
            }
        }
    }

    /// Every pool and element as bytes, in order.
    private func contents(of snapshot: RegistrarSnapshot) -> [UInt8] {
        var bytes: [UInt8] = []
        for pool in snapshot.pools {
            checks.writer.reset()
            checks.writer.write(pool.handle)
            checks.writer.write(pool.policy)
            for element in pool.elements { checks.writer.write(element.parameter) }
            bytes += checks.writer.bytes
        }
        return bytes
    }

    /// The first difference of two handlespaces.
    private func difference(_ first: RegistrarSnapshot, _ second: RegistrarSnapshot) -> String {
        func list(_ snapshot: RegistrarSnapshot) -> [(key: ElementKey, text: String)] {
            snapshot.pools.flatMap { pool in
                pool.elements.map { (ElementKey(pool: pool.handle, identifier: $0.parameter.identifier), "\($0.parameter)") }
            }
        }
        let (left, right) = (list(first), list(second))
        for (one, other) in zip(left, right) where one != other {
            return one.key == other.key ? "\(one.text) and \(other.text)" : "\(one.key) and \(other.key)"
        }
        return "\(left.count) and \(right.count) elements"
    }
}
