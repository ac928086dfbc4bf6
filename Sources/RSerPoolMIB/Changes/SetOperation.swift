import AgentX
import PoolPolicies
import RSerPoolParameters

/// One set operation: the bindings put together into changes, each node's at once (RFC 2741 §7.2.4.1, RFC 3416 §4.2.5).
struct SetOperation: Sendable {
    /// The longest description, in bytes (RFC 5525).
    static let descriptionLimit = 255
    /// The longest pool handle that this implementation takes, in bytes.
    static let poolHandleLimit = 1_024

    private(set) var changes: [ManagedChange] = []
    /// What takes them back.
    private(set) var reversals: [ManagedChange] = []

    /// - Throws: what is wrong with which binding; nothing is to be set then.
    init(_ bindings: [VariableBinding], in view: ManagementView) throws(SetFailure) {
        // Values may depend on the policy of the same operation, whatever the order of the bindings.
        let order = bindings.indices.sorted { Self.rank(bindings[$0], view) < Self.rank(bindings[$1], view) }
        for place in order {
            do throws(SetProblem) {
                try add(bindings[place], view)
            } catch {
                throw SetFailure(error.status, at: place + 1)
            }
        }
    }

    private struct SetProblem: Error {
        var status: AgentXMessage.Status

        init(_ status: AgentXMessage.Status) { self.status = status }
    }

    private static func rank(_ binding: VariableBinding, _ view: ManagementView) -> Int {
        guard let place = view.place(of: binding.name), place.table == .elements, place.column == 11
        else { return 1 }
        return 0
    }

    private mutating func add(_ binding: VariableBinding, _ view: ManagementView) throws(SetProblem) {
        guard view.isOfObject(binding.name) else { throw SetProblem(.noAccess) }
        guard let place = view.place(of: binding.name) else {
            // Rows are the processes': none can be made by a manager.
            throw SetProblem(.noCreation)
        }
        let row = view.rows[place.table][place.row]
        let index = row.index.numbers.0
        let node = Int(row.node)
        switch (place.table, place.column) {
        case (.registrars, 4):
            let old = view.nodes.registrars[node].node.description
            changes.append(.registrarDescription(try text(binding.value), registrar: index))
            reversals.append(.registrarDescription(old, registrar: index))
        case (.elements, let column):
            let old = ManagedElementAttributes(view.nodes.elements[node].node)
            let position = changes.firstIndex {
                if case .poolElement(_, index) = $0 { true } else { false }
            }
            var new = old
            if let position, case .poolElement(let begun, _) = changes[position] { new = begun }
            try set(column, binding.value, of: &new)
            if let position {
                changes[position] = .poolElement(new, element: index)
            } else {
                changes.append(.poolElement(new, element: index))
                reversals.append(.poolElement(old, element: index))
            }
        case (.users, let column):
            let old = ManagedUserAttributes(view.nodes.users[node].node)
            let position = changes.firstIndex {
                if case .poolUser(_, index) = $0 { true } else { false }
            }
            var new = old
            if let position, case .poolUser(let begun, _) = changes[position] { new = begun }
            switch column {
            case 3: new.pool = try handle(binding.value)
            case 4: new.description = try text(binding.value)
            default: throw SetProblem(.notWritable)
            }
            if let position {
                changes[position] = .poolUser(new, user: index)
            } else {
                changes.append(.poolUser(new, user: index))
                reversals.append(.poolUser(old, user: index))
            }
        default:
            throw SetProblem(.notWritable)
        }
    }

    private func set(
        _ column: UInt32, _ value: VariableBinding.Value, of element: inout ManagedElementAttributes
    ) throws(SetProblem) {
        switch column {
        case 3: element.pool = try handle(value)
        case 5: element.description = try text(value)
        case 11:
            let type = PolicyType(rawValue: try number(value))
            guard type != element.policy.type else { return }
            guard let policy = element.policy.converted(to: type) else { throw SetProblem(.wrongValue) }
            element.policy = policy
        case 12: element.policyDescription = try text(value)
        case 13: element.policy = try policy(element.policy, .weight, value)
        case 15: element.policy = try policy(element.policy, .degradation, value)
        case 16:
            guard case .timeTicks(let ticks) = value else { throw SetProblem(.wrongType) }
            guard let life = RegistrationTicks.life(ofTicks: ticks) else { throw SetProblem(.wrongValue) }
            element.registrationLife = life
        default: throw SetProblem(.notWritable)
        }
    }

    // MARK: Values

    private func policy(
        _ policy: PolicyParameter, _ field: PolicyField, _ value: VariableBinding.Value
    ) throws(SetProblem) -> PolicyParameter {
        guard let policy = policy.setting(field, to: try number(value)) else { throw SetProblem(.inconsistentValue) }
        return policy
    }

    private func number(_ value: VariableBinding.Value) throws(SetProblem) -> UInt32 {
        guard case .gauge32(let number) = value else { throw SetProblem(.wrongType) }
        return number
    }

    private func text(_ value: VariableBinding.Value) throws(SetProblem) -> [UInt8] {
        guard case .octetString(let bytes) = value else { throw SetProblem(.wrongType) }
        guard bytes.count <= Self.descriptionLimit else { throw SetProblem(.wrongLength) }
        return bytes
    }

    private func handle(_ value: VariableBinding.Value) throws(SetProblem) -> PoolHandle {
        guard case .octetString(let bytes) = value else { throw SetProblem(.wrongType) }
        guard bytes.count <= Self.poolHandleLimit else { throw SetProblem(.wrongLength) }
        return PoolHandle(bytes)
    }
}
