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
        }
        if let first = snapshots.first {
            let expected = contents(of: first)
            for (registrar, snapshot) in zip(running, snapshots).dropFirst() where contents(of: snapshot) != expected {
                fail(.equality, "\(registrar.name) does not hold what \(running[0].name) holds: \(difference(first, snapshot))")
            }
        }
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
