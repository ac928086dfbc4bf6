import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

// What the plan has happen, and what follows from it.
extension World {
    func perform(_ appointment: Appointment) {
        switch appointment {
        case .wake: break
        case .roundBegins(let round): beginRound(round)
        case .step(let round, let index): take(plan.rounds[round][index])
        case .healing: heal()
        case .audit: audit()
        case .settled(let round):
            checkSettled()
            if round + 1 < plan.rounds.count { beginRound(round + 1) } else { finish() }
        case .endLink(let from, let to):
            network.setPath(from: participants[from].host, to: participants[to].host, nil)
            record("packets from \(participants[from].name) to \(participants[to].name) fare well again")
        case .endIsolation(let place):
            network.setConnected(true, participants[place].host)
            record("\(participants[place].name) is connected again")
        case .endSplit:
            network.heal()
            record("the network is whole again")
        case .endMulticastLoss:
            multicastLoss = 0
            record("multicast is heard again")
        case .endStall(let place, let incarnation):
            guard participants[place].incarnation == incarnation else { return }
            participants[place].setStalled(false)
            record("\(participants[place].name) goes on")
        case .endSlowClock(let place, let incarnation):
            guard participants[place].incarnation == incarnation else { return }
            participants[place].clock.setSpeed(percent: 100, at: now)
            participants[place].arm()
        case .startProcess(let place, let incarnation):
            guard participants[place].incarnation == incarnation else { return }
            participants[place].start()
        case .endProcess(let place, let incarnation):
            guard participants[place].incarnation == incarnation else { return }
            participants[place].crash()
            if checks.healed != nil, let element = participants[place] as? SimulatedElement {
                populate(element.index % options.pools)
            }
        case .registerAgain(let element, let incarnation):
            guard elements[element].incarnation == incarnation else { return }
            elements[element].register()
        case .adoptionAudit(let index, let incarnation):
            if registrars[index].incarnation == incarnation { checkAdoption(by: registrars[index]) }
        case .userTick(let user, let incarnation): users[user].tick(incarnation)
        }
    }

    private func beginRound(_ round: Int) {
        record("round \(round + 1) begins, with \(plan.rounds[round].count) steps in \(plan.lengths[round])")
        checks.healed = nil
        checks.takeovers = [:]
        // Who stayed away in the round before is back.
        if round > 0 {
            for participant in participants where !participant.isRunning && participant.index % 2 == round % 2 {
                participant.start()
            }
        }
        for (index, step) in plan.rounds[round].enumerated() {
            appoint(.step(round: round, index: index), after: step.offset)
        }
        appoint(.healing, after: plan.lengths[round])
        appoint(.settled(round: round), after: plan.lengths[round] + timers.settlingTime)
    }

    /// The faults end: the network is whole, who stands still goes on, and nobody is missing who is needed.
    private func heal() {
        record("the faults end; all has to be well in \(timers.settlingTime)")
        checks.healed = now
        appoint(.audit, after: timers.ownershipBound)
        network.heal()
        multicastLoss = 0
        for participant in participants {
            network.setConnected(true, participant.host)
            for other in registrars {
                network.setPath(from: participant.host, to: other.host, nil)
                network.setPath(from: other.host, to: participant.host, nil)
            }
            participant.clock.setSpeed(percent: 100, at: now)
            participant.setStalled(false)
            participant.arm()
        }
        for element in elements {
            for user in users where user.pool == element.pool {
                network.setPath(from: user.host, to: element.host, nil)
                network.setPath(from: element.host, to: user.host, nil)
            }
        }
        if !registrars.contains(where: \.isRunning) { registrars[0].start() }
        for pool in 0..<options.pools { populate(pool) }
        for user in users where !user.isRunning { user.start() }
    }

    /// In peace each pool has an element. Where all that run are just leaving, one is back when its process has ended.
    private func populate(_ pool: Int) {
        let members = stride(from: pool, to: elements.count, by: options.pools).map { elements[$0] }
        guard !members.contains(where: { $0.life == .member }) else { return }
        members.first { !$0.isRunning }?.start()
    }

    private func take(_ step: SimulationStep) {
        statistics.steps += 1
        journal.mix(UInt64(step.number))
        switch step.action {
        case .join(let index, let keepsIdentifier):
            guard !elements[index].isRunning else { return }
            record("step \(step.number): \(elements[index].name) joins")
            elements[index].keepsIdentifier = keepsIdentifier
            elements[index].start()
        case .leave(let index):
            record("step \(step.number): \(elements[index].name) leaves")
            elements[index].leave()
        case .changeLoad(let index, let load):
            guard elements[index].changeLoad(to: load) else { return }
            record("step \(step.number): \(elements[index].name) has another load")
        case .resolve(let index):
            guard users.indices.contains(index) else { return }
            record("step \(step.number): \(users[index].name) resolves \(users[index].pool)")
            users[index].resolve()
        default:
            inflict(step)
        }
    }

    private func inflict(_ step: SimulationStep) {
        func participant(_ place: Int) -> Participant? { participants.indices.contains(place) ? participants[place] : nil }
        var isInflicted = false
        func note(_ text: @autoclosure () -> String) {
            isInflicted = true
            record("step \(step.number): \(text())")
        }
        switch step.action {
        case .join, .leave, .changeLoad, .resolve: break
        case .breakAssociation(let place, let choice, let how):
            guard let participant = participant(place) else { return }
            let associations = participant.endpoints.flatMap { endpoint in
                network.associations(of: endpoint).map { (endpoint, $0) }
            }
            guard !associations.isEmpty else { return }
            let (endpoint, association) = associations[choice % associations.count]
            note("association \(association) of \(participant.name) breaks: \(how)")
            switch how {
            case .abort: try? network.perform(.abort(association), by: endpoint)
            case .failure: try? network.fail(association, of: endpoint)
            case .restart: try? network.restart(association, of: endpoint)
            }
        case .breakAtChange(let index, let choice):
            guard registrars[index].isRunning else { return }
            note("an association of \(registrars[index].name) breaks at its next change")
            registrars[index].breakAtChange = choice
        case .slowLink(let from, let to, let path, let duration):
            guard let first = participant(from), let second = participant(to), from != to else { return }
            note("packets from \(first.name) to \(second.name) are late and lost for \(duration): \(path)")
            network.setPath(from: first.host, to: second.host, path)
            appoint(.endLink(from: from, to: to), after: duration)
        case .cutOneWay(let from, let to, let duration):
            guard let first = participant(from), let second = participant(to), from != to else { return }
            note("nothing from \(first.name) reaches \(second.name) for \(duration)")
            network.setPath(from: first.host, to: second.host, SimulatedPath(loss: 1))
            appoint(.endLink(from: from, to: to), after: duration)
        case .isolate(let place, let duration):
            guard let participant = participant(place) else { return }
            note("\(participant.name) is cut off for \(duration)")
            network.setConnected(false, participant.host)
            appoint(.endIsolation(place: place), after: duration)
        case .split(let seed, let duration):
            var random = SeededRandomNumberGenerator(seed: seed)
            var sides: [[IPAddress]] = [[], []]
            for participant in participants { sides[Int(random.next() >> 33 & 1)].append(participant.host) }
            note("the network splits into \(sides[0].count) and \(sides[1].count) hosts for \(duration)")
            network.partition(sides)
            appoint(.endSplit, after: duration)
        case .loseMulticast(let part, let duration):
            note("\(Int(part * 100)) % of multicast is lost for \(duration)")
            multicastLoss = part
            appoint(.endMulticastLoss, after: duration)
        case .crash(let place, let pause, let keepsIdentifier, let how):
            guard let participant = participant(place), participant.isRunning else { return }
            note("\(participant.name) crashes (\(how))" + (pause.map { " and starts again after \($0)" } ?? ""))
            participant.crashManner = how
            participant.crash()
            (participant as? SimulatedElement)?.keepsIdentifier = keepsIdentifier
            guard let pause else { break }
            appoint(.startProcess(place: place, incarnation: participant.incarnation), after: pause)
        case .stall(let place, let duration):
            guard let participant = participant(place), participant.isRunning else { return }
            note("\(participant.name) stands still for \(duration)")
            participant.setStalled(true)
            appoint(.endStall(place: place, incarnation: participant.incarnation), after: duration)
        case .jumpClock(let place, let distance):
            guard let participant = participant(place), participant.isRunning else { return }
            note("the clock of \(participant.name) jumps ahead by \(distance)")
            participant.clock.jump(by: distance, at: now)
            participant.arm()
        case .slowClock(let place, let percent, let duration):
            guard let participant = participant(place), participant.isRunning else { return }
            note("the clock of \(participant.name) runs at \(percent) % for \(duration)")
            participant.clock.setSpeed(percent: percent, at: now)
            participant.arm()
            appoint(.endSlowClock(place: place, incarnation: participant.incarnation), after: duration)
        case .startWithTakenIdentifier(let index, let other):
            guard index != other, let taken = registrars[other].identifier else { return }
            note("\(registrars[index].name) starts with the identifier of \(registrars[other].name)")
            registrars[index].crash()
            registrars[index].nextIdentifier = taken
            registrars[index].start()
        }
        if isInflicted, let kind = step.kind { statistics.count(kind) }
    }
}
