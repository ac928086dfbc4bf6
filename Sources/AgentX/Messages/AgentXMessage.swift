/// A message between a subagent and the master agent (RFC 2741 §6.2).
public struct AgentXMessage: Hashable, Sendable {
    /// The session, by the number that the master agent gave; 0 before.
    public var session: UInt32
    /// The manager's request that it belongs to.
    public var transaction: UInt32
    /// Its number in the session, by which an answer is told.
    public var packet: UInt32
    /// Whose variables it is about; nil for the default context (§6.1.1).
    public var context: [UInt8]?
    /// Whether the integers of the message are in network byte order.
    public var isNetworkByteOrder = true
    /// What it says.
    public var body: Body

    /// A message in network byte order.
    public init(
        _ body: Body, session: UInt32 = 0, transaction: UInt32 = 0, packet: UInt32 = 0, context: [UInt8]? = nil
    ) {
        self.body = body
        self.session = session
        self.transaction = transaction
        self.packet = packet
        self.context = context
    }

    /// What the message says.
    public enum Body: Hashable, Sendable {
        /// §6.2.1: the time-out in seconds, 0 for the master agent's own.
        case open(timeout: UInt8, identifier: ObjectIdentifier, description: [UInt8])
        /// §6.2.2
        case close(CloseReason)
        /// §6.2.3
        case register(Region, timeout: UInt8, isInstance: Bool)
        /// §6.2.4
        case unregister(Region)
        /// §6.2.5
        case get([SearchRange])
        /// §6.2.6
        case getNext([SearchRange])
        /// §6.2.7
        case getBulk([SearchRange], nonRepeaters: UInt16, maximumRepetitions: UInt16)
        /// §6.2.8
        case testSet([VariableBinding])
        /// §6.2.9
        case commitSet
        /// §6.2.9: what was set is to be taken back.
        case undoSet
        /// §6.2.9: the operation is over.
        case cleanupSet
        /// §6.2.10
        case notify([VariableBinding])
        /// §6.2.11
        case ping
        /// §6.2.12
        case indexAllocate([VariableBinding], IndexChoice)
        /// §6.2.13
        case indexDeallocate([VariableBinding])
        /// §6.2.14
        case addAgentCapabilities(ObjectIdentifier, description: [UInt8])
        /// §6.2.15
        case removeAgentCapabilities(ObjectIdentifier)
        /// §6.2.16
        case response(Response)
    }

    /// Why a session ends (§6.2.2).
    public enum CloseReason: UInt8, Hashable, Sendable {
        /// None of the reasons below.
        case other = 1
        /// Too much that cannot be read.
        case parseErrors
        /// Messages that have no place.
        case protocolErrors
        /// Requests were not answered.
        case timeouts
        /// The sender ends.
        case shutDown
        /// A manager wants it.
        case byManager
    }

    /// A part of the tree that a subagent answers for (§6.2.3).
    public struct Region: Hashable, Sendable {
        /// The part, or the first of a range of parts.
        public var subtree: ObjectIdentifier
        /// The 1-based place in ``subtree`` of the number that stands for a range up to ``upperBound``; 0 for no range.
        public var rangePlace: UInt8
        /// The last number of the range; only with a ``rangePlace``.
        public var upperBound: UInt32
        /// Smaller wins where two subagents registered the same.
        public var priority: UInt8

        /// The priority of who has no reason for another.
        public static let defaultPriority: UInt8 = 127

        /// A part of the tree, with a range only where it has a place.
        public init(
            _ subtree: ObjectIdentifier, rangePlace: UInt8 = 0, upperBound: UInt32 = 0,
            priority: UInt8 = Region.defaultPriority
        ) {
            self.subtree = subtree
            self.rangePlace = rangePlace
            self.upperBound = rangePlace == 0 ? 0 : upperBound
            self.priority = priority
        }
    }

    /// Which value an index is to get (§6.2.12, §7.1.2).
    public enum IndexChoice: Hashable, Sendable {
        /// The one in the binding.
        case given
        /// One that was never given before.
        case new
        /// One that is free.
        case any
    }

    /// The answer to another message (§6.2.16).
    public struct Response: Hashable, Sendable {
        /// Hundredths of a second that the master agent has been up; only in its answers.
        public var upTime: UInt32
        /// How it went.
        public var status: Status
        /// The 1-based place of the binding at fault; 0 for none.
        public var index: UInt16
        /// The variables that were asked for, in order.
        public var bindings: [VariableBinding]

        /// An answer; by default a good one without variables.
        public init(_ status: Status = .noError, index: UInt16 = 0, bindings: [VariableBinding] = [], upTime: UInt32 = 0) {
            self.status = status
            self.index = index
            self.bindings = bindings
            self.upTime = upTime
        }
    }

    /// How it went (§6.2.16; below 256 RFC 3416 §3). Other numbers are carried as they are.
    public struct Status: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt16

        /// Any number.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }
        /// All went well.
        public static let noError = Status(rawValue: 0)
        /// The answer does not fit.
        public static let tooBig = Status(rawValue: 1)
        /// It failed for no reason below.
        public static let generalError = Status(rawValue: 5)
        /// There is no such variable to be set.
        public static let noAccess = Status(rawValue: 6)
        /// The value has another type than the object.
        public static let wrongType = Status(rawValue: 7)
        /// The value is too long or too short.
        public static let wrongLength = Status(rawValue: 8)
        /// The value cannot be read.
        public static let wrongEncoding = Status(rawValue: 9)
        /// The object never has such a value.
        public static let wrongValue = Status(rawValue: 10)
        /// There is no such row, and none can be made.
        public static let noCreation = Status(rawValue: 11)
        /// The object cannot have such a value as things are.
        public static let inconsistentValue = Status(rawValue: 12)
        /// There is no room for it.
        public static let resourceUnavailable = Status(rawValue: 13)
        /// What was tested could not be set.
        public static let commitFailed = Status(rawValue: 14)
        /// What was set could not be taken back.
        public static let undoFailed = Status(rawValue: 15)
        /// The object is read-only.
        public static let notWritable = Status(rawValue: 17)
        /// There can be no such row as things are.
        public static let inconsistentName = Status(rawValue: 18)
        /// No session is to be had.
        public static let openFailed = Status(rawValue: 256)
        /// There is no such session.
        public static let notOpen = Status(rawValue: 257)
        /// The index has another type.
        public static let indexWrongType = Status(rawValue: 258)
        /// The index is somebody's already.
        public static let indexAlreadyAllocated = Status(rawValue: 259)
        /// There is no index left.
        public static let indexNoneAvailable = Status(rawValue: 260)
        /// The index is nobody's.
        public static let indexNotAllocated = Status(rawValue: 261)
        /// There is no such context.
        public static let unsupportedContext = Status(rawValue: 262)
        /// The region is somebody's already.
        public static let duplicateRegistration = Status(rawValue: 263)
        /// The region is nobody's.
        public static let unknownRegistration = Status(rawValue: 264)
        /// There are no such capabilities.
        public static let unknownAgentCapabilities = Status(rawValue: 265)
        /// The message cannot be read.
        public static let parseError = Status(rawValue: 266)
        /// It is not allowed.
        public static let requestDenied = Status(rawValue: 267)
        /// The message has no place here.
        public static let processingError = Status(rawValue: 268)
    }
}
