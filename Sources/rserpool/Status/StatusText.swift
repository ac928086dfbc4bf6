import RSerPoolStatus

/// A status as people read it.
enum StatusText {
    static func text(of status: StatusValue) -> String {
        switch status["role"]?.text {
        case "registrar": registrar(status)
        case "element": element(status)
        case "user": user(status)
        default: status.json(isPretty: true)
        }
    }

    // MARK: Roles

    private static func registrar(_ status: StatusValue) -> String {
        let pools = status["pools"]?.list ?? []
        let elements = pools.reduce(0) { $0 + ($1["elements"]?.list.count ?? 0) }
        let state = status["serving"] == true ? "serves" : "does not serve yet"
        let counted = (status["counters"]?.members ?? []).filter { $0.value != 0 }
            .map { "\(words($0.name)) \(cell($0.value))" }
        let facts = facts([
            ("registrar", "\(cell(status["identifier"])), \(state), up for \(time(status["uptime"]))"),
            ("ASAP", "\(cell(status["asap"])), \(cell(status["transport"])) SCTP"),
            ("ASAP over TCP", cell(status["asapOverTCP"])),
            ("ENRP", cell(status["enrp"])),
            ("announced to", cell(status["asapAnnouncements"])),
            ("peers found at", cell(status["enrpAnnouncements"])),
            ("associations", cell(status["associations"])),
            ("counted", counted.joined(separator: ", ")),
            ("pools", "\(pools.count), with \(Text.count(elements, "element"))"),
        ])
        let peers = table(
            status["peers"]?.list ?? [],
            [
                ("peer", { cell($0["identifier"]) }), ("state", { cell($0["state"]) }),
                ("addresses", { cell($0["addresses"]) }), ("last heard", { time($0["lastHeard"]) }),
                ("elements", { cell($0["elements"]) }), ("in step", { cell($0["inStep"]) }),
            ])
        return ([facts, peers] + pools.map(pool)).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func pool(_ pool: StatusValue) -> String {
        let elements = pool["elements"]?.list ?? []
        let heading =
            "pool \(cell(pool["handle"])): \(cell(pool["policy"])), \(Text.count(elements.count, "element"))"
        return heading + "\n"
            + table(
                elements,
                [
                    ("element", { cell($0["identifier"]) }),
                    ("address", { "\(cell($0["addresses"]))\($0["protocol"] == "sctp" ? "" : " " + cell($0["protocol"]))" }),
                    ("policy", { cell($0["policy"]) }), ("renewed", { time($0["renewed"]) + " ago" }),
                    ("expires", { $0["expires"] == .null ? "" : "in " + time($0["expires"]) }),
                    ("reports", { cell($0["reports"]) }), ("home registrar", { cell($0["homeRegistrar"]) }),
                ])
    }

    private static func element(_ status: StatusValue) -> String {
        let facts = facts([
            ("element", "\(cell(status["identifier"])) of pool \(cell(status["pool"])), up for \(time(status["uptime"]))"),
            ("registration", "\(cell(status["registration"])), policy \(cell(status["policy"])), life \(life(status["life"]))"),
            ("serves at", "\(cell(status["addresses"])), \(cell(status["protocol"]))"),
            ("registrar", status["registrar"] == .null ? "none" : cell(status["registrar"])),
            ("its identifier", status["homeRegistrar"] == "undetermined" ? "" : cell(status["homeRegistrar"])),
            ("known registrars", cell(status["registrars"])),
            ("sessions", cell(status["sessionCount"])),
        ])
        let sessions = table(
            status["sessions"]?.list ?? [],
            [("session", { cell($0["association"]) }), ("user", { cell($0["addresses"]) })])
        return [facts, sessions].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func user(_ status: StatusValue) -> String {
        let facts = facts([
            ("user", "up for \(time(status["uptime"]))"),
            ("registrar", status["registrar"] == .null ? "none" : cell(status["registrar"])),
            ("known registrars", cell(status["registrars"])),
            ("sessions", cell(status["sessionCount"])),
        ])
        let sessions = table(
            status["sessions"]?.list ?? [],
            [
                ("session", { cell($0["session"]) }), ("pool", { cell($0["pool"]) }), ("element", { cell($0["element"]) }),
                ("address", { cell($0["addresses"]) }), ("connected", { cell($0["connected"]) }),
                ("cookie", { $0["cookie"] == .null ? "" : cell($0["cookie"]) + " bytes" }),
            ])
        let pools = table(
            status["pools"]?.list ?? [],
            [
                ("pool", { cell($0["handle"]) }), ("policy", { cell($0["policy"]) }), ("elements", { cell($0["members"]) }),
                ("learnt", { $0["age"] == .null ? "" : time($0["age"]) + " ago" }), ("fresh", { cell($0["fresh"]) }),
            ])
        return [facts, sessions, pools].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    // MARK: Forms

    /// Names and what they stand for, a line each; without those that stand for nothing.
    private static func facts(_ facts: [(name: String, value: String)]) -> String {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.filter { !$0.value.isEmpty }.map { Text.padded($0.name, to: width + 2) + $0.value }.joined(separator: "\n")
    }

    /// Nothing where there are no rows.
    private static func table(_ rows: [StatusValue], _ columns: [(heading: String, value: (StatusValue) -> String)]) -> String {
        guard !rows.isEmpty else { return "" }
        return Text.table(columns.map(\.heading), rows.map { row in columns.map { $0.value(row) } })
    }

    private static func cell(_ value: StatusValue?) -> String {
        switch value {
        case nil, .null?: ""
        case .bool(let value)?: value ? "yes" : "no"
        case .text(let text)?: text
        case .list(let list)?: list.map(cell).joined(separator: " ")
        case let value?: value.json()
        }
    }

    private static func life(_ value: StatusValue?) -> String {
        value == .null ? "without end" : time(value)
    }

    /// `1.5 s`, `2 min 3 s`, `5 h 7 min`, `3 d 4 h`.
    static func time(_ value: StatusValue?) -> String {
        guard let seconds = value?.number, seconds.magnitude < 1e15 else { return "" }
        let whole = Int(seconds)
        return switch whole {
        case ..<60: "\(Double(Int(seconds * 10)) / 10) s"
        case ..<3_600: "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: "\(whole / 3_600) h \(whole / 60 % 60) min"
        default: "\(whole / 86_400) d \(whole / 3_600 % 24) h"
        }
    }

    /// `registrationsRejected` as `registrations rejected`.
    private static func words(_ name: String) -> String {
        name.map { $0.isUppercase ? " \($0.lowercased())" : String($0) }.joined()
    }
}
