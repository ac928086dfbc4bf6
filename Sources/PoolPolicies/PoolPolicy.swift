public import RSerPoolParameters

/// A pool member selection policy with its values for one pool element (RFC 5356): what the generic `PolicyParameter` carries,
/// read by the rules of its type.
///
/// One file per policy: the parameter, how a registrar selects, how a pool user chooses. ``PolicyRegistry`` knows them all.
public protocol PoolPolicy: Hashable, Sendable, CustomStringConvertible {
    /// The policy's number.
    static var type: PolicyType { get }
    /// The policy's name as in RFC 5356.
    static var name: String { get }
    /// The words of the policy-specific data, in their order (the sections on the parameter in RFC 5356 §4, §5).
    static var layout: [PolicyField] { get }

    /// Reads the policy-specific data.
    /// - Throws: ``PolicyError`` where the type is another one or the data do not have this policy's layout.
    init(_ parameter: PolicyParameter) throws(PolicyError)

    /// The parameter to send.
    var parameter: PolicyParameter { get }

    /// What stands for the whole pool where no element is meant: a load of 0, for example.
    static var overall: Self { get }

    /// An empty selection structure for a registrar's pool.
    static func makeSelection() -> any PoolSelection
    /// A pool user's way through the elements that it was given.
    static func makeChoice() -> any PoolUserChoice
}

/// Why a policy parameter cannot be used.
public struct PolicyError: Error, Hashable, Sendable {
    /// What is wrong with the parameter.
    public enum Code: Hashable, Sendable {
        /// One of the two numbers that RFC 5356 §7.1 reserves as invalid.
        case invalidType
        /// A number of the standards' range whose rules this implementation does not have.
        case unsupportedType
        /// Another policy's parameter.
        case otherType
        /// The policy-specific data are shorter or longer than the policy's layout.
        case length(expected: Int, found: Int)
    }

    /// What is wrong.
    public var code: Code
    /// The policy that the parameter names.
    public var type: PolicyType

    /// - Parameter type: the policy that the parameter names.
    public init(_ code: Code, _ type: PolicyType) {
        self.code = code
        self.type = type
    }
}

/// The order in which a registrar gives a pool's elements out. A value: a copy selects what the original would have.
///
/// Elements are known by their slots: small numbers that the pool hands out and uses again. Memory is proportional to the highest
/// slot, so a pool uses its low ones first. Every operation is O(log n) or better, for each element returned where it returns
/// several.
public protocol PoolSelection: Sendable {
    /// The number of elements.
    var count: Int { get }
    /// The element that the next request would get first, or any one where that is left to chance; nil where there is none.
    var first: Int? { get }

    /// Adds an element under a slot that is free.
    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError)
    /// Takes new values for an element, by re-registration. Where it throws, the old ones stay.
    mutating func update(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError)
    /// Takes an element out; nothing happens where it is not in.
    mutating func remove(_ slot: Int)
    /// Answers one request: appends at most `wanted` different slots in the order in which the pool user is to see them.
    mutating func select(_ wanted: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int])
}

/// How a pool user goes through the elements of one answer, and of the answers after it.
public protocol PoolUserChoice: Sendable {
    /// Takes a new answer: the elements' policy parameters, in the registrar's order.
    mutating func renew(_ parameters: [PolicyParameter])
    /// The position in the answer of the element to use next.
    /// - Parameter isUsable: false for elements that the user knows to have failed.
    /// - Returns: nil where no element is usable.
    mutating func choose(using generator: inout some RandomNumberGenerator, where isUsable: (Int) -> Bool) -> Int?
}

extension PolicyParameter {
    /// Throws unless this is a parameter of the given policy with as many words of data as it has.
    func require<Policy: PoolPolicy>(_ policy: Policy.Type) throws(PolicyError) {
        guard type == Policy.type else { throw PolicyError(.otherType, type) }
        let length = 4 * Policy.layout.count
        guard data.count == length else { throw PolicyError(.length(expected: length, found: data.count), type) }
    }

    /// A word of data whose length was checked.
    func word(_ index: Int) -> UInt32 {
        data.word(at: index) ?? 0
    }
}
