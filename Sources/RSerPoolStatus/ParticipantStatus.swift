public import ASAP
public import RSerPoolParameters
import SCTPTransport

/// A pool element's status: its registration, its registrar and its sessions.
public struct PoolElementStatus: StatusSource {
    private let element: PoolElement
    private let policyText: @Sendable (PolicyParameter) -> String

    /// - Parameter policyText: how a policy with its values is written.
    public init(
        _ element: PoolElement, policyText: @escaping @Sendable (PolicyParameter) -> String = { $0.description }
    ) {
        self.element = element
        self.policyText = policyText
    }

    public func tellStatus(to receive: @Sendable ([StatusValue]) async throws -> Void) async throws {
        let snapshot = await element.snapshot
        var members: [StatusValue.Member] = [
            StatusValue.Member("role", "element"),
            StatusValue.Member("pool", .text("\(snapshot?.pool ?? element.pool)")),
            StatusValue.Member("registration", .text((snapshot?.registration ?? .unregistered).rawValue)),
            StatusValue.Member("uptime", StatusValue(snapshot?.uptime)),
        ]
        if let parameter = snapshot?.parameter { members += StatusValue.members(of: parameter, policyText) }
        members += [
            StatusValue.Member("registrar", snapshot?.home.map { .text("\($0.address)") } ?? .null),
            StatusValue.Member("registrars", StatusValue(snapshot?.registrars ?? [])),
            StatusValue.Member("sessionCount", StatusValue(snapshot?.sessionCount ?? 0)),
            StatusValue.Member(
                "sessions",
                .list(
                    (snapshot?.sessions ?? []).map { session in
                        ["association": .text("\(session.association)"), "addresses": StatusValue(session.addresses)]
                    })),
        ]
        try await receive([.object(members)])
    }
}

/// A pool user's status: its registrar, its sessions and what it knows of pools.
public struct PoolUserStatus: StatusSource {
    private let user: PoolUser
    private let policyName: @Sendable (PolicyType) -> String

    /// - Parameter policyName: how a policy is called.
    public init(_ user: PoolUser, policyName: @escaping @Sendable (PolicyType) -> String = { $0.description }) {
        self.user = user
        self.policyName = policyName
    }

    public func tellStatus(to receive: @Sendable ([StatusValue]) async throws -> Void) async throws {
        let snapshot = await user.snapshot
        try await receive([
            [
                "role": "user",
                "uptime": StatusValue(snapshot?.uptime),
                "registrar": snapshot?.registrar.map { .text("\($0)") } ?? .null,
                "registrars": StatusValue(snapshot?.registrars ?? []),
                "sessionCount": StatusValue(snapshot?.sessionCount ?? 0),
                "messengerCount": StatusValue(snapshot?.messengerCount ?? 0),
                "sessions": .list((snapshot?.sessions ?? []).map(value)),
                "pools": .list((snapshot?.pools ?? []).map(value)),
            ]
        ])
    }

    private func value(_ session: PoolUserSnapshot.Session) -> StatusValue {
        [
            "session": .integer(Int64(clamping: session.identifier.rawValue)),
            "pool": .text("\(session.pool)"),
            "element": session.element.map { .text("\($0)") } ?? .null,
            "addresses": StatusValue(session.addresses),
            "connected": .bool(session.isConnected),
            "cookie": session.cookieSize.map { StatusValue($0) } ?? .null,
            "queued": StatusValue(session.queuedBytes),
        ]
    }

    private func value(_ pool: PoolUserSnapshot.Pool) -> StatusValue {
        [
            "handle": .text("\(pool.handle)"),
            "policy": .text(policyName(pool.policy)),
            "members": .list(pool.elements.map { .text("\($0)") }),
            "age": StatusValue(pool.age),
            "fresh": .bool(pool.isFresh),
            "requested": .bool(pool.isRequested),
            "followers": StatusValue(pool.followers),
            "live": .bool(pool.isLive),
        ]
    }
}
