/// Messages whose senders wait for room in an association's send queue: per association first in, first out.
struct WaitingSends {
    struct Entry {
        var number: UInt64
        var message: SCTPMessage
        var continuation: CheckedContinuation<Void, any Error>
    }

    private var entries: [AssociationIdentifier: [Entry]] = [:]
    private var count: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }

    func contains(_ association: AssociationIdentifier) -> Bool {
        !entries.isEmpty && entries[association] != nil
    }

    mutating func nextNumber() -> UInt64 {
        count += 1
        return count
    }

    /// False where too many wait already.
    mutating func append(_ entry: Entry, on association: AssociationIdentifier) -> Bool {
        guard entries[association]?.count ?? 0 < SCTPEndpoint.waitingSendLimit else { return false }
        entries[association, default: []].append(entry)
        return true
    }

    mutating func removeAll(on association: AssociationIdentifier) -> [Entry] {
        guard !entries.isEmpty else { return [] }
        return entries.removeValue(forKey: association) ?? []
    }

    /// Puts those back that found no room, before those that came meanwhile.
    mutating func putBack(_ rest: ArraySlice<Entry>, on association: AssociationIdentifier) {
        entries[association] = rest + (entries[association] ?? [])
    }

    mutating func remove(_ number: UInt64, on association: AssociationIdentifier) -> Entry? {
        guard let index = entries[association]?.firstIndex(where: { $0.number == number }) else { return nil }
        let entry = entries[association]?.remove(at: index)
        if entries[association]?.isEmpty == true { entries[association] = nil }
        return entry
    }

    mutating func removeAll() -> [Entry] {
        let all = entries.values.flatMap(\.self).sorted { $0.number < $1.number }
        entries = [:]
        return all
    }
}
