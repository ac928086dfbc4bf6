public import InternetAddresses
public import RSerPoolParameters

/// A registrar as management sees it (RFC 5525, `rserpoolENRPTable` and the tables below it).
public struct ManagedRegistrar: Hashable, Sendable {
    /// The name of its operational scope; may be empty.
    public var operationScope: [UInt8] = []
    /// Its identifier.
    public var identifier: RegistrarIdentifier
    /// For people; at most 255 bytes.
    public var description: [UInt8] = []
    /// Hundredths of a second since it serves.
    public var uptime: UInt32 = 0
    /// The SCTP port of its ENRP endpoint.
    public var port: UInt16
    /// Where it announces itself to pool elements and pool users; nil where it does not.
    public var asapAnnouncement: AnnouncementGroup?
    /// Where it announces itself to its peers; nil where it does not.
    public var enrpAnnouncement: AnnouncementGroup?
    /// The addresses of its ENRP endpoint.
    public var addresses: [IPAddress] = []
    /// By ascending index.
    public var pools: [Pool] = []
    /// Those that have a row of their own.
    public var peers: [Peer] = []

    /// A registrar without pools and peers.
    public init(identifier: RegistrarIdentifier, port: UInt16) {
        self.identifier = identifier
        self.port = port
    }

    /// A multicast group with its UDP port.
    public struct AnnouncementGroup: Hashable, Sendable {
        /// The group.
        public var address: IPAddress
        /// The port.
        public var port: UInt16

        /// A group.
        public init(_ address: IPAddress, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// A pool of the handlespace.
    public struct Pool: Hashable, Sendable {
        /// From 1; the pool's as long as it exists.
        public var index: UInt32
        /// The pool's name.
        public var handle: PoolHandle
        /// By ascending index.
        public var elements: [(index: UInt32, element: ManagedElement)]

        /// A pool with its elements.
        public init(index: UInt32, handle: PoolHandle, elements: [(index: UInt32, element: ManagedElement)] = []) {
            self.index = index
            self.handle = handle
            self.elements = elements
        }

        /// Whether all is equal.
        public static func == (left: Pool, right: Pool) -> Bool {
            left.index == right.index && left.handle == right.handle
                && left.elements.elementsEqual(right.elements) { $0.index == $1.index && $0.element == $1.element }
        }

        /// By index and handle.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(index)
            hasher.combine(handle)
        }
    }

    /// A peer registrar.
    public struct Peer: Hashable, Sendable {
        /// From 1, and of all registrars of the host this one's alone: the table's index does not have the registrar in it.
        public var index: UInt32
        /// Its identifier.
        public var identifier: RegistrarIdentifier
        /// The port.
        public var port: UInt16
        /// Hundredths of a second since it was last heard.
        public var lastHeard: UInt32
        /// Its addresses.
        public var addresses: [IPAddress]

        /// A peer with its addresses.
        public init(
            index: UInt32, identifier: RegistrarIdentifier, port: UInt16, lastHeard: UInt32, addresses: [IPAddress]
        ) {
            self.index = index
            self.identifier = identifier
            self.port = port
            self.lastHeard = lastHeard
            self.addresses = addresses
        }
    }
}

/// A pool element of this host as management sees it (RFC 5525, `rserpoolPETable`).
public struct ManagedPoolElement: Hashable, Sendable {
    /// The name of its operational scope; may be empty.
    public var operationScope: [UInt8] = []
    /// Its pool.
    public var pool: PoolHandle
    /// For people; at most 255 bytes.
    public var description: [UInt8] = []
    /// For people; at most 255 bytes.
    public var policyDescription: [UInt8] = []
    /// Hundredths of a second since it runs.
    public var uptime: UInt32 = 0
    /// As it registers.
    public var element: ManagedElement

    /// An element without descriptions.
    public init(pool: PoolHandle, element: ManagedElement) {
        self.pool = pool
        self.element = element
    }
}

/// A pool user of this host as management sees it (RFC 5525, `rserpoolPUTable`).
public struct ManagedPoolUser: Hashable, Sendable {
    /// The name of its operational scope; may be empty.
    public var operationScope: [UInt8] = []
    /// Its pool.
    public var pool: PoolHandle
    /// For people; at most 255 bytes.
    public var description: [UInt8] = []
    /// Hundredths of a second since it runs.
    public var uptime: UInt32 = 0

    /// A user without a description.
    public init(pool: PoolHandle) {
        self.pool = pool
    }
}
