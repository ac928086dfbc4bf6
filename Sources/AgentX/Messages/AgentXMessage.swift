/// A message between a subagent and the master agent (RFC 2741 §6.2).
public struct AgentXMessage: Hashable, Sendable {
    public var session: UInt32
    public var transaction: UInt32
    public var packet: UInt32
    /// Whose variables it is about; nil for the default context (§6.1.1).
    public var context: [UInt8]?
    /// Whether the integers of the message are in network byte order.
    public var isNetworkByteOrder = true
    public var body: Body

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
        case undoSet
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
        case other = 1
        case parseErrors
        case protocolErrors
        case timeouts
        case shutDown
        case byManager
    }

    /// A part of the tree that a subagent answers for (§6.2.3).
    public struct Region: Hashable, Sendable {
        public var subtree: ObjectIdentifier
        /// The 1-based place in ``subtree`` of the number that stands for a range up to ``upperBound``; 0 for no range.
        public var rangePlace: UInt8
        /// The last number of the range; only with a ``rangePlace``.
        public var upperBound: UInt32
        /// Smaller wins where two subagents registered the same.
        public var priority: UInt8

        /// The priority of who has no reason for another.
        public static let defaultPriority: UInt8 = 127

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
        public var status: Status
        /// The 1-based place of the binding at fault; 0 for none.
        public var index: UInt16
        public var bindings: [VariableBinding]

        public init(_ status: Status = .noError, index: UInt16 = 0, bindings: [VariableBinding] = [], upTime: UInt32 = 0) {
            self.status = status
            self.index = index
            self.bindings = bindings
            self.upTime = upTime
        }
    }

    /// How it went (§6.2.16; below 256 RFC 3416 §3). Other numbers are carried as they are.
    public struct Status: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        public static let noError = Status(rawValue: 0)
        public static let tooBig = Status(rawValue: 1)
        public static let generalError = Status(rawValue: 5)
        public static let noAccess = Status(rawValue: 6)
        public static let wrongType = Status(rawValue: 7)
        public static let wrongLength = Status(rawValue: 8)
        public static let wrongEncoding = Status(rawValue: 9)
        public static let wrongValue = Status(rawValue: 10)
        public static let noCreation = Status(rawValue: 11)
        public static let inconsistentValue = Status(rawValue: 12)
        public static let resourceUnavailable = Status(rawValue: 13)
        public static let commitFailed = Status(rawValue: 14)
        public static let undoFailed = Status(rawValue: 15)
        public static let notWritable = Status(rawValue: 17)
        public static let inconsistentName = Status(rawValue: 18)
        public static let openFailed = Status(rawValue: 256)
        public static let notOpen = Status(rawValue: 257)
        public static let indexWrongType = Status(rawValue: 258)
        public static let indexAlreadyAllocated = Status(rawValue: 259)
        public static let indexNoneAvailable = Status(rawValue: 260)
        public static let indexNotAllocated = Status(rawValue: 261)
        public static let unsupportedContext = Status(rawValue: 262)
        public static let duplicateRegistration = Status(rawValue: 263)
        public static let unknownRegistration = Status(rawValue: 264)
        public static let unknownAgentCapabilities = Status(rawValue: 265)
        public static let parseError = Status(rawValue: 266)
        public static let requestDenied = Status(rawValue: 267)
        public static let processingError = Status(rawValue: 268)
    }
}
