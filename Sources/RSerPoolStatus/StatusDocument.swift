/// The parts of a status put together.
///
/// The first part is an object that says of what it is (`role`) and all that can be told at once. Members of further parts that are
/// lists go on with the first part's lists of these names. The last part is ``end``.
public struct StatusDocument: Hashable, Sendable {
    /// All of it, as an object.
    public private(set) var value = StatusValue.object([])
    /// True once the last part has been added; a status without it has broken off.
    public private(set) var isComplete = false

    /// The last part.
    public static let end: StatusValue = ["end": true]

    /// Nothing yet.
    public init() {}

    /// Adds the next part. What follows the last one is left out.
    public mutating func add(_ part: StatusValue) {
        guard !isComplete else { return }
        guard part != Self.end else {
            isComplete = true
            return finish()
        }
        var members = value.members
        for member in part.members {
            guard let place = members.firstIndex(where: { $0.name == member.name }) else {
                members.append(member)
                continue
            }
            members[place].value = .list(members[place].value.list + member.value.list)
        }
        value = .object(members)
    }

    /// Slices of one pool become one, and all of them are ordered.
    private mutating func finish() {
        guard let place = value.members.firstIndex(where: { $0.name == "pools" }) else { return }
        var members = value.members
        members[place].value = .list(Self.merged(members[place].value.list))
        value = .object(members)
    }

    private static func merged(_ slices: [StatusValue]) -> [StatusValue] {
        let groups = Dictionary(grouping: slices) { $0["handle"]?.text ?? "" }
        return groups.keys.sorted().compactMap { handle -> StatusValue? in
            guard let parts = groups[handle], let latest = parts.last else { return nil }
            guard parts.contains(where: { $0["elements"] != nil }) else { return latest }
            let elements = Dictionary(
                parts.flatMap { $0["elements"]?.list ?? [] }.map { ($0["identifier"]?.text ?? "", $0) },
                uniquingKeysWith: { $1 })
            let sorted = elements.sorted { $0.key < $1.key }.map(\.value)
            return .object(
                latest.members.map { $0.name == "elements" ? StatusValue.Member("elements", .list(sorted)) : $0 })
        }
    }
}
