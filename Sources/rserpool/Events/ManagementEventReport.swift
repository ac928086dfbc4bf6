import AgentX
import Logging
import RSerPoolMIB
import RSerPoolParameters

extension EventReport {
    /// What happens between this program and the SNMP agent.
    init(_ event: ManagementSubagent.Event) {
        switch event {
        case .opened(let address):
            self.init("agent-found", .info, "is managed by the SNMP agent at \(address)", ["agent": "\(address)"])
        case .lost(let address, let reason, let delay):
            let milliseconds = delay.components.seconds * 1_000 + delay.components.attoseconds / 1_000_000_000_000_000
            self.init(
                "agent-lost", milliseconds < 1_000 ? .warning : .debug,
                "is not managed by the SNMP agent at \(address): \(reason); tries again in \(milliseconds) ms",
                ["agent": "\(address)", "reason": reason])
        case .rowReady(_, let peer, let index):
            self.init(
                "row-ready", .debug,
                "has row \(index)" + (peer.map { " for peer \($0)" } ?? "") + " in the SNMP agent's tables",
                ["index": "\(index)"].merging(peer.map { ["peer": "\($0)"] } ?? [:]) { $1 })
        case .rowRefused(_, let peer, let status):
            self.init(
                "row-refused", .warning,
                "has no row" + (peer.map { " for peer \($0)" } ?? "")
                    + " in the SNMP agent's tables: it refused with AgentX error \(status.rawValue)",
                ["status": "\(status.rawValue)"])
        case .unreadable(let error):
            self.init("agent-unreadable", .warning, "cannot read what the SNMP agent sent: \(error)", [:])
        case .changed(let change):
            self.init("managed", .info, "was changed by a manager: \(Self.text(change))", ["change": Self.text(change)])
        }
    }

    private static func text(_ change: ManagedChange) -> String {
        switch change {
        case .registrarDescription(let text, _): "description '\(KeptSettings.text(text))'"
        case .poolElement(let attributes, _):
            "pool \(attributes.pool), policy \(PolicyText.description(attributes.policy)), life \(attributes.registrationLife), "
                + "description '\(KeptSettings.text(attributes.description))'"
        case .poolUser(let attributes, _):
            "pool \(attributes.pool), description '\(KeptSettings.text(attributes.description))'"
        }
    }
}
