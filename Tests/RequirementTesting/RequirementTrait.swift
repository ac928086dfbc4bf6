internal import Glibc
internal import RequirementMarks
public import Testing

/// Claims that a test proves requirements of `Drafts/`. The test fails if it does not come by the mark of each of them (`fulfils`). Of a
/// test with arguments one case that does is enough.
public struct RequirementTrait: TestTrait, TestScoping {
    let requirements: [String]

    /// The function as a whole, once; its cases run inside.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> RequirementTrait? {
        testCase == nil && !test.isSuite ? self : nil
    }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // Another trait of the same test has one already.
        let collector = RequirementCollector.current ?? RequirementCollector()
        try await RequirementCollector.$current.withValue(collector) { try await function() }
        guard RequirementTrait.countsMarks else { return }
        for requirement in requirements where !collector.contains(requirement) {
            Issue.record(
                """
                \(requirement) is claimed, and no fulfils("\(requirement)") was reached: let the test come by its mark in Sources, \
                or claim it elsewhere
                """,
                sourceLocation: test.sourceLocation)
        }
    }

    /// False for an implementation that has no marks: `make conformance MARKS=ignored`.
    private static let countsMarks = unsafe getenv("REQUIREMENT_MARKS").map { unsafe String(cString: $0) } != "ignored"
}

extension Trait where Self == RequirementTrait {
    /// `.requirement("parameters-3-R4")`: the test proves this, and fails if it does not come by the mark.
    /// - Parameter identifiers: written out, for `draft-tool trace` reads them in the source.
    public static func requirement(_ identifiers: String...) -> RequirementTrait {
        RequirementTrait(requirements: identifiers)
    }
}
