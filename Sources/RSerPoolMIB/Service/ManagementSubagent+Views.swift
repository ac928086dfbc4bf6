import AgentX
import RSerPoolParameters

// What takes time: asking the nodes how they are, and telling them what was set.
extension ManagementSubagent {
    /// Starts the worker where there is something to do and none is at work.
    func work() {
        guard worker == nil, hasWork else { return }
        worker = Task(executorPreference: loop) { await self.workOff() }
    }

    private var hasWork: Bool {
        session.isOpen && (wantsPeers || session.objects.hasChanges || session.isHeld && session.objects.wantsView)
    }

    private func workOff() async {
        while !Task.isCancelled, hasWork {
            if let change = session.objects.nextChange() {
                await apply(change)
            } else if session.isHeld, session.objects.wantsView {
                await makeView()
            } else {
                wantsPeers = false
                await updatePeers()
            }
        }
        worker = nil
        // What came up since the last look.
        if !Task.isCancelled { work() }
    }

    private func apply(_ change: ManagedChange) async {
        let key = change.index
        let node = nodes.first { entry in
            entry.node.node.kind == change.kind && session.index(ofRow: RowKey(node: entry.number).rawValue) == key
        }
        guard let node else { return }
        reporter.yield(.changed(change))
        await node.node.node.apply(change)
        session.objects.outdate()
    }

    private func makeView() async {
        var shown = ManagementView.Nodes()
        for (number, node) in nodes {
            guard let index = session.index(ofRow: RowKey(node: number).rawValue), let state = await node.node.state() else {
                continue
            }
            switch state {
            case .registrar(var registrar):
                registrar.peers = registrar.peers.compactMap { peer in
                    guard let place = node.peers[peer.identifier],
                        let index = session.index(ofRow: RowKey(node: number, peer: place).rawValue)
                    else { return nil }
                    var peer = peer
                    peer.index = index
                    return peer
                }
                shown.registrars.append((index, registrar))
            case .poolElement(let element): shown.elements.append((index, element))
            case .poolUser(let user): shown.users.append((index, user))
            }
        }
        session.objects.show(ManagementView(shown), at: now)
        handle(.proceed)
    }

    /// Peers that are new get a row, those that are gone lose it.
    private func updatePeers() async {
        for number in nodes.map(\.number) {
            guard let node = nodes.first(where: { $0.number == number })?.node, node.node.kind == .registrar else { continue }
            let peers = Set(await node.node.peers())
            guard let place = nodes.firstIndex(where: { $0.number == number }) else { continue }
            let known = nodes[place].node.peers
            for (peer, row) in known.sorted(by: { $0.value < $1.value }) where !peers.contains(peer) {
                nodes[place].node.peers[peer] = nil
                handle(.remove(key: RowKey(node: number, peer: row).rawValue))
            }
            for peer in peers.sorted(by: { $0.rawValue < $1.rawValue }) where known[peer] == nil {
                nodes[place].node.lastPeer += 1
                nodes[place].node.peers[peer] = nodes[place].node.lastPeer
                handle(.add(.peer(key: RowKey(node: number, peer: nodes[place].node.lastPeer).rawValue)))
            }
        }
    }
}
