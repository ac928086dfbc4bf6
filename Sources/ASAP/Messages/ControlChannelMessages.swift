public import RSerPoolParameters

extension ASAPMessage {
    /// ASAP_COOKIE: a pool element gives a pool user a cookie to keep (RFC 5352 §2.2.11).
    public struct StateCookie: Hashable, Sendable {
        /// State that only the pool's elements understand.
        public var cookie: Cookie
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter cookie: the pool's elements alone make and read it.
        public init(cookie: Cookie, preserved: [PreservedParameter] = []) {
            self.cookie = cookie
            self.preserved = preserved
        }
    }

    /// ASAP_COOKIE_ECHO: a pool user gives the next pool element the latest cookie of the one that failed (RFC 5352 §2.2.12).
    public struct CookieEcho: Hashable, Sendable {
        /// State that only the pool's elements understand.
        public var cookie: Cookie
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter cookie: the pool's elements alone make and read it.
        public init(cookie: Cookie, preserved: [PreservedParameter] = []) {
            self.cookie = cookie
            self.preserved = preserved
        }
    }

    /// ASAP_BUSINESS_CARD: the sender's pool, and to which elements to turn, best first, should it fail (RFC 5352 §2.2.13).
    public struct BusinessCard: Hashable, Sendable {
        /// The pool that the sender is an element of.
        public var pool: PoolHandle
        /// At least one.
        public var elements: [PoolElementParameter]
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter elements: the best one first; at least one.
        public init(pool: PoolHandle, elements: [PoolElementParameter], preserved: [PreservedParameter] = []) {
            self.pool = pool
            self.elements = elements
            self.preserved = preserved
        }
    }

    /// ASAP_ERROR: a message, or a parameter of it, was not understood (RFC 5352 §2.2.14).
    public struct ErrorReport: Hashable, Sendable {
        /// At least one.
        public var causes: [ErrorCause]
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter causes: at least one, each with what it is about.
        public init(causes: [ErrorCause], preserved: [PreservedParameter] = []) {
            self.causes = causes
            self.preserved = preserved
        }
    }
}

extension ASAPMessage.StateCookie: ASAPMessageBody {
    static let type = ASAPMessageType.cookie

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(cookie: try reader.read(Cookie.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(cookie)
    }
}

extension ASAPMessage.CookieEcho: ASAPMessageBody {
    static let type = ASAPMessageType.cookieEcho

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(cookie: try reader.read(Cookie.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(cookie)
    }
}

extension ASAPMessage.BusinessCard: ASAPMessageBody {
    static let type = ASAPMessageType.businessCard

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(
            pool: try reader.read(PoolHandle.self),
            elements: [try reader.read(PoolElementParameter.self)] + (try reader.readAll(PoolElementParameter.self)))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        for element in elements { writer.write(element) }
    }
}

extension ASAPMessage.ErrorReport: ASAPMessageBody {
    static let type = ASAPMessageType.error

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(causes: try reader.read(OperationErrorParameter.self).causes)
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(OperationErrorParameter(causes))
    }
}
