public import ASAP
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// A pool element as management sees it (RFC 5525 §5.2). What a manager sets, it registers anew with.
public actor PoolElementNode: ManagedNode {
    /// A pool element.
    public nonisolated let kind = ManagedNodeKind.poolElement
    private let element: PoolElement
    private let operationScope: [UInt8]
    private var description: [UInt8]
    private var policyDescription: [UInt8]?
    private let changed: @Sendable (ManagedElementAttributes) async -> Void
    private var isKeeping = false
    private var isKeptOutdated = false

    /// - Parameters:
    ///   - operationScope: the name of the element's operational scope; may be empty.
    ///   - description: for people, at most 255 bytes, as the other one. A manager may set both.
    ///   - policyDescription: what the element's policy is; nil for the policy's name.
    ///   - changed: is given what holds after a manager has set something, to be kept for the next start (RFC 5525 §5.4); without
    ///     a description of the policy where nobody has given one.
    public init(
        _ element: PoolElement, operationScope: [UInt8] = [], description: [UInt8] = [], policyDescription: [UInt8]? = nil,
        changed: @escaping @Sendable (ManagedElementAttributes) async -> Void = { _ in }
    ) {
        self.element = element
        self.operationScope = operationScope
        self.description = description
        self.policyDescription = policyDescription
        self.changed = changed
    }

    /// The element as it registers now; nil before it does.
    public func state() async -> ManagedState? {
        guard let snapshot = await element.snapshot, let pool = snapshot.pool, var parameter = snapshot.parameter else {
            return nil
        }
        // The registrar takes it from the association; so it is not registered.
        if parameter.asapTransport == nil, let first = snapshot.asapAddresses.first {
            parameter.asapTransport = SCTPTransportParameter(
                port: first.port, use: .dataPlusControl, addresses: snapshot.asapAddresses.map(\.ip))
        }
        var shown = ManagedPoolElement(pool: pool, element: ManagedElement(parameter))
        shown.operationScope = operationScope
        shown.description = description
        shown.policyDescription = policyDescription ?? Self.name(of: parameter.policy)
        shown.uptime = snapshot.uptime?.timeTicks ?? 0
        return .poolElement(shown)
    }

    /// Registers with what was set.
    public func apply(_ change: ManagedChange) async {
        guard case .poolElement(let attributes, _) = change else { return }
        description = attributes.description
        // The policy's own name goes with the policy; only another text is somebody's.
        let old = await element.currentPolicy
        if attributes.policyDescription != policyDescription ?? Self.name(of: old) {
            policyDescription = attributes.policyDescription
        }
        await element.whenChangeIsRefused { Task { await self.keepWhatHolds() } }
        let policy = attributes.policy(withLoadOf: old)
        await element.change(
            PoolElementChange(pool: attributes.pool, policy: policy, registrationLife: attributes.registrationLife))
        await keepWhatHolds()
    }

    private static func name(of policy: PolicyParameter) -> [UInt8] {
        Array(PolicyRegistry.description(of: policy).utf8.prefix(255))
    }

    /// Keeps what a manager has set, or what holds again after a registrar refused that: it is not to be tried at the next start.
    /// The refusal may come while what was set is still being kept; then the latter is kept first.
    private func keepWhatHolds() async {
        isKeptOutdated = true
        guard !isKeeping else { return }
        isKeeping = true
        while isKeptOutdated {
            isKeptOutdated = false
            guard case .poolElement(let shown)? = await state() else { continue }
            var kept = ManagedElementAttributes(shown)
            kept.policyDescription = policyDescription ?? []
            await changed(kept)
        }
        isKeeping = false
    }
}

extension ManagedElementAttributes {
    /// The policy as it was set, with the load that an element has meanwhile: no manager sets that.
    func policy(withLoadOf current: PolicyParameter) -> PolicyParameter {
        guard policy.type == current.type, let load = current[.load] else { return policy }
        return policy.setting(.load, to: load) ?? policy
    }
}
