public import RSerPoolParameters
import RequirementMarks

extension ENRPMessage {
    /// ENRP_HANDLE_UPDATE: an element's home registrar tells its peers that the element registered, registered again or is gone
    /// (RFC 5353 §2.4).
    public struct HandleUpdate: Hashable, Sendable {
        /// What the receiver is to do.
        public enum Action: UInt16, Hashable, Sendable {
            /// ADD_PE: add the element, or replace its attributes.
            case add = 0
            /// DEL_PE: remove the element.
            case delete = 1
        }

        /// The T flag: the receiver may become the element's home, by a keep-alive with the H flag. Off where the extension,
        /// draft-dreibholz-rserpool-enrp-takeover, is not in use.
        public var suggestsTakeover: Bool
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// What the receiver is to do.
        public var action: Action
        /// The element's pool.
        public var pool: PoolHandle
        /// The element as it stands now; of one that is gone the identifier counts.
        public var element: PoolElementParameter
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameters:
        ///   - suggestsTakeover: the receiver may become the element's home (draft-dreibholz-rserpool-enrp-takeover).
        ///   - receiver: the peer; none in particular by default.
        public init(
            suggestsTakeover: Bool = false, sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined,
            action: Action, pool: PoolHandle, element: PoolElementParameter, preserved: [PreservedParameter] = []
        ) {
            self.suggestsTakeover = suggestsTakeover
            self.sender = sender
            self.receiver = receiver
            self.action = action
            self.pool = pool
            self.element = element
            self.preserved = preserved
        }
    }
}

extension ENRPMessage.HandleUpdate.Action: CustomStringConvertible {
    /// The name that RFC 5353 gives the action.
    public var description: String {
        switch self {
        case .add: "ADD_PE"
        case .delete: "DEL_PE"
        }
    }
}

extension ENRPMessage.HandleUpdate: ENRPMessageBody {
    static let type = ENRPMessageType.handleUpdate
    var flags: UInt8 { suggestsTakeover ? ENRPMessageFlag.takeoverSuggested : 0 }

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        // §2.4: other actions must not be used.
        guard let action = Action(rawValue: try reader.readUInt16()) else {
            fulfils("enrp-2.4-R2")
            throw reader.invalidValue(back: 2)
        }
        _ = try reader.readUInt16()
        fulfils("enrp-2.4-R4")
        self.init(
            suggestsTakeover: flags & ENRPMessageFlag.takeoverSuggested != 0, sender: sender, receiver: receiver,
            action: action,
            pool: try reader.read(PoolHandle.self), element: try reader.read(PoolElementParameter.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(action.rawValue)
        fulfils("enrp-2.4-R1")
        writer.write(UInt16(0))
        fulfils("enrp-2.4-R3")
        fulfils("enrp-2.4-R5")
        writer.write(pool)
        writer.write(element)
    }
}
