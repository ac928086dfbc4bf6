import ASAP
import ENRP

/// What a fuzzer runs, and what the tests replay: each target takes any bytes and says what went wrong with them.
///
/// The bytes of some are messages; those of the sequences decide what happens to an engine, step by step.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// The parameters of RFC 5354 by themselves and in messages of any shape.
    case parameters
    /// ASAP messages: decoding, encoding, and the answers to errors.
    case asapMessages = "asap-messages"
    /// ENRP messages, likewise.
    case enrpMessages = "enrp-messages"
    /// A populated registrar that is sent messages: each prefixed by its length in one byte.
    case registrarMessages = "registrar-messages"
    /// A registrar with pool elements and pool users that come and go.
    case registrarSequence = "registrar-sequence"
    /// A pool element between its program, registrars and pool users.
    case poolElementSequence = "pool-element-sequence"
    /// A pool user between its program, registrars and pool elements.
    case poolUserSequence = "pool-user-sequence"
    /// Internet-Drafts in XML, as broken as they come.
    case documents

    /// Runs the target. Nil where everything held; otherwise a sentence that says what did not.
    public func run(_ bytes: [UInt8]) -> String? {
        do throws(Fault) {
            switch self {
            case .parameters: try checkParameters(bytes)
            case .asapMessages: try checkMessage(ASAPMessage.self, bytes)
            case .enrpMessages: try checkMessage(ENRPMessage.self, bytes)
            case .registrarMessages: try RegistrarSequence.runMessages(bytes)
            case .registrarSequence: try RegistrarSequence.run(bytes)
            case .poolElementSequence: try PoolElementSequence.run(bytes)
            case .poolUserSequence: try PoolUserSequence.run(bytes)
            case .documents: try checkDocument(bytes)
            }
            return nil
        } catch {
            return error.description
        }
    }
}

/// Something that must hold and does not.
struct Fault: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// - Throws: the fault where the condition does not hold.
func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Fault) {
    guard condition else { throw Fault(description()) }
}
