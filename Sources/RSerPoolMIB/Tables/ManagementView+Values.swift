import AgentX
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementMarks

// What the columns of RFC 5525's tables hold. A column that has nothing to hold is left out (nil).
extension ManagementView {
    func value(at place: Place) -> VariableBinding.Value? {
        let row = rows[place.table][place.row]
        let node = Int(row.node)
        switch place.table {
        case .registrars: return registrar(nodes.registrars[node].node, place.column)
        case .pools: return .octetString(nodes.registrars[node].node.pools[Int(row.pool)].handle.bytes)
        case .registeredElements:
            return element(
                nodes.registrars[node].node.pools[Int(row.pool)].elements[Int(row.element)].element, place.column)
        case .registeredASAPAddresses:
            return address(
                nodes.registrars[node].node.pools[Int(row.pool)].elements[Int(row.element)].element.asapAddresses[
                    Int(row.address)], place.column)
        case .registeredUserAddresses:
            return userAddress(
                nodes.registrars[node].node.pools[Int(row.pool)].elements[Int(row.element)].element, row, place.column)
        case .registrarAddresses: return address(nodes.registrars[node].node.addresses[Int(row.address)], place.column)
        case .peers: return peer(nodes.registrars[node].node.peers[Int(row.element)], place.column)
        case .peerAddresses:
            return address(
                nodes.registrars[node].node.peers[Int(row.element)].addresses[Int(row.address)], place.column)
        case .elements: return poolElement(nodes.elements[node].node, place.column)
        case .elementASAPAddresses:
            return address(nodes.elements[node].node.element.asapAddresses[Int(row.address)], place.column)
        case .elementUserAddresses: return userAddress(nodes.elements[node].node.element, row, place.column)
        case .users: return poolUser(nodes.users[node].node, place.column)
        }
    }

    private func registrar(_ node: ManagedRegistrar, _ column: UInt32) -> VariableBinding.Value? {
        if column >= 7 { fulfils("mib-6-R2") }
        return switch column {
        case 2: .octetString(node.operationScope)
        case 3: .gauge32(node.identifier.rawValue)
        case 4: .octetString(node.description)
        case 5: .timeTicks(node.uptime)
        case 6: .gauge32(UInt32(node.port))
        case 7: node.asapAnnouncement.map { .gauge32(UInt32($0.port)) }
        case 8: node.asapAnnouncement.map { addressType($0.address) }
        case 9: node.asapAnnouncement.map { .octetString($0.address.bytes) }
        case 10: node.enrpAnnouncement.map { .gauge32(UInt32($0.port)) }
        case 11: node.enrpAnnouncement.map { addressType($0.address) }
        default: node.enrpAnnouncement.map { .octetString($0.address.bytes) }
        }
    }

    private func peer(_ peer: ManagedRegistrar.Peer, _ column: UInt32) -> VariableBinding.Value? {
        switch column {
        case 2: .gauge32(peer.identifier.rawValue)
        case 3: .gauge32(UInt32(peer.port))
        default: .timeTicks(peer.lastHeard)
        }
    }

    private func element(_ element: ManagedElement, _ column: UInt32) -> VariableBinding.Value? {
        let parameter = element.parameter
        return switch column {
        case 2: .gauge32(parameter.identifier.rawValue)
        case 8: .octetString(Array(PolicyRegistry.description(of: parameter.policy).utf8.prefix(255)))
        case 13: home(parameter)
        default: common(element, column)
        }
    }

    /// The columns that the table of registered elements and that of this host's have in common, as the first numbers them.
    private func common(_ element: ManagedElement, _ column: UInt32) -> VariableBinding.Value? {
        let parameter = element.parameter
        return switch column {
        case 3: .gauge32(UInt32(element.asapPort))
        case 4: .gauge32(element.protocolNumber)
        case 5: .gauge32(UInt32(parameter.userTransport.port ?? 0))
        case 6: .integer(Int32(parameter.userTransport.use.rawValue))
        case 7: .gauge32(parameter.policy.type.rawValue)
        case 9: .gauge32(parameter.policy[.weight] ?? 0)
        case 10: .gauge32(parameter.policy[.load] ?? 0)
        case 11: .gauge32(parameter.policy[.degradation] ?? 0)
        case 12: .timeTicks(element.registrationLife)
        default: nil
        }
    }

    /// Identifiers begin with 1: an element without a home has no such column.
    private func home(_ parameter: PoolElementParameter) -> VariableBinding.Value? {
        guard parameter.homeRegistrar != .undetermined else {
            fulfils("mib-6-R2")
            return nil
        }
        return .gauge32(parameter.homeRegistrar.rawValue)
    }

    private func poolElement(_ node: ManagedPoolElement, _ column: UInt32) -> VariableBinding.Value? {
        switch column {
        case 2: .octetString(node.operationScope)
        case 3: .octetString(node.pool.bytes)
        case 4: .gauge32(node.element.parameter.identifier.rawValue)
        case 5: .octetString(node.description)
        case 6: .timeTicks(node.uptime)
        case 12: .octetString(node.policyDescription)
        case 17: home(node.element.parameter)
        default: common(node.element, column - 4)
        }
    }

    private func poolUser(_ node: ManagedPoolUser, _ column: UInt32) -> VariableBinding.Value? {
        switch column {
        case 2: .octetString(node.operationScope)
        case 3: .octetString(node.pool.bytes)
        case 4: .octetString(node.description)
        default: .timeTicks(node.uptime)
        }
    }

    // MARK: Addresses

    private func addressType(_ address: IPAddress) -> VariableBinding.Value {
        .integer(address.family == .ipv4 ? 1 : 2)
    }

    private func address(_ address: IPAddress, _ column: UInt32) -> VariableBinding.Value? {
        column == 2 ? addressType(address) : .octetString(address.bytes)
    }

    private func userAddress(_ element: ManagedElement, _ row: Row, _ column: UInt32) -> VariableBinding.Value? {
        if let opaque = element.opaqueTransport {
            return column == 2 ? .integer(0) : .octetString(column == 3 ? [] : opaque)
        }
        guard column < 4 else { return .octetString([]) }
        return address(element.parameter.userTransport.addresses[Int(row.address)], column)
    }
}

extension IPAddress {
    /// Four or sixteen bytes, the most significant first.
    var bytes: [UInt8] {
        func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
            stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        switch self {
        case .v4(let number): return bytes(number)
        case .v6(let number): return bytes(number.high) + bytes(number.low)
        }
    }
}
