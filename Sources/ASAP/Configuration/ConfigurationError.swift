import RequirementMarks

/// A configuration value that cannot be used. The description is a sentence that names the value and its range.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The property, as the configuration names it.
    public var property: String
    /// What is wrong with it and what is allowed.
    public var description: String

    package init(_ property: String, _ description: String) {
        self.property = property
        self.description = description
    }
}

/// The longest time that a timer may be set to: long enough for every purpose, short enough that sums never overflow.
package let longestTimer = Duration.seconds(365 * 24 * 3600)

/// Throws unless a timer is longer than zero and at most ``longestTimer``.
package func checkTimer(_ value: Duration, _ property: String) throws(ConfigurationError) {
    fulfils("requirements-2.11-R3")
    guard value > .zero, value <= longestTimer else {
        throw ConfigurationError(property, "\(property) is \(value); it must be longer than zero and at most a year.")
    }
}

/// Throws unless a number is within its range.
package func checkNumber(_ value: Int, _ property: String, in range: ClosedRange<Int>) throws(ConfigurationError) {
    guard range.contains(value) else {
        throw ConfigurationError(
            property, "\(property) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
    }
}
