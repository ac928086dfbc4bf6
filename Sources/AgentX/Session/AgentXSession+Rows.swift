import RequirementMarks

// How rows get their index and are registered (RFC 2741 §7.1.4.2.2).
extension AgentXSession {
    /// A row of this process's.
    struct RowState {
        let row: SharedRow
        var progress = SharedRow.Progress.waiting
        var retries = 0
        /// The index of an earlier session, which managers know (§7.1.4.2): asked for first, until it is had or refused.
        var formerIndex: UInt32?
    }

    /// How often a row's index is asked for anew when another subagent has registered the row already.
    static var maximumIndexRetries: Int { 16 }

    /// The index of a row; nil while it has none.
    public func index(ofRow key: Int) -> UInt32? {
        guard let place = place(of: key), case .ready(let index) = rows[place].progress else { return nil }
        return index
    }

    private func place(of key: Int) -> Int? {
        rows.firstIndex { $0.row.key == key }
    }

    mutating func add(_ row: SharedRow, at now: Duration) {
        guard place(of: row.key) == nil else { return }
        guard rows.count < configuration.maximumRows else {
            outputs.append(.event(.rowRefused(key: row.key, .resourceUnavailable)))
            return
        }
        rows.append(RowState(row: row))
        advance(key: row.key, at: now)
    }

    mutating func remove(_ key: Int, at now: Duration) {
        guard let place = place(of: key) else { return }
        let removed = rows.remove(at: place)
        let (row, progress) = (removed.row, removed.progress)
        guard case .open = state, let index = progress.index else { return }
        let regions = row.regions(index: index)
        let registered =
            switch progress {
            case .registering(_, let next): min(next + 1, regions.count)
            default: regions.count
            }
        for region in regions.prefix(registered) { send(.unregister(region), for: .nothing, at: now) }
        release(index, of: row, at: now)
    }

    private mutating func release(_ index: UInt32, of row: SharedRow, at now: Duration) {
        send(.indexDeallocate([binding(index, of: row)]), for: .nothing, at: now)
    }

    private func binding(_ index: UInt32, of row: SharedRow) -> VariableBinding {
        VariableBinding(row.indexObject, .integer(Int32(bitPattern: index)))
    }

    /// Takes the next step with a row that waits.
    mutating func advance(key: Int, at now: Duration) {
        guard case .open = state, let place = place(of: key), rows[place].progress == .waiting else { return }
        rows[place].progress = .allocating
        rows[place].retries = 0
        allocate(rows[place], at: now)
    }

    private mutating func allocate(_ state: RowState, at now: Duration) {
        fulfils("mib-5-R2")
        let request = AgentXMessage.Body.indexAllocate(
            [binding(state.formerIndex ?? 0, of: state.row)], state.formerIndex == nil ? .new : .given)
        send(request, for: .allocate(row: state.row.key), at: now)
    }

    mutating func allocated(_ response: AgentXMessage.Response, key: Int, at now: Duration) {
        guard let place = place(of: key), rows[place].progress == .allocating else {
            // The row has gone meanwhile; its index is given back.
            if case .integer = response.bindings.first?.value, response.status == .noError {
                send(.indexDeallocate(response.bindings), for: .nothing, at: now)
            }
            return
        }
        guard response.status == .noError, case .integer(let value)? = response.bindings.first?.value, value > 0 else {
            guard rows[place].formerIndex != nil else { return refuse(place, response.status) }
            // §7.1.4.2: somebody else has it now.
            rows[place].formerIndex = nil
            return allocate(rows[place], at: now)
        }
        rows[place].formerIndex = nil
        let index = UInt32(bitPattern: value)
        rows[place].progress = .registering(index, next: 0)
        register(rows[place].row, index, region: 0, at: now)
    }

    private mutating func register(_ row: SharedRow, _ index: UInt32, region: Int, at now: Duration) {
        let regions = row.regions(index: index)
        guard region < regions.count else {
            if let place = place(of: row.key) { rows[place].progress = .ready(index) }
            outputs.append(.event(.rowReady(key: row.key, index: index)))
            return
        }
        send(
            .register(regions[region], timeout: 0, isInstance: false), for: .register(row: row.key, place: region), at: now)
    }

    mutating func registered(_ response: AgentXMessage.Response, key: Int, region: Int, at now: Duration) {
        guard let place = place(of: key), case .registering(let index, let next) = rows[place].progress, next == region
        else { return }
        let row = rows[place].row
        switch response.status {
        case .noError:
            rows[place].progress = .registering(index, next: region + 1)
            register(row, index, region: region + 1, at: now)
        case .duplicateRegistration where rows[place].retries < Self.maximumIndexRetries:
            // Somebody registers rows without asking for an index: the next one may be free.
            for done in row.regions(index: index).prefix(region) { send(.unregister(done), for: .nothing, at: now) }
            release(index, of: row, at: now)
            rows[place].retries += 1
            rows[place].progress = .allocating
            allocate(rows[place], at: now)
        default:
            refuse(place, response.status)
        }
    }

    private mutating func refuse(_ place: Int, _ status: AgentXMessage.Status) {
        rows[place].progress = .refused
        outputs.append(.event(.rowRefused(key: rows[place].row.key, status)))
    }
}
