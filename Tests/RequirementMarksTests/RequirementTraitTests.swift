import RequirementMarks
import RequirementTesting
import Synchronization
import Testing

// The identifiers here are of no document: draft-tool trace leaves this folder out.

@Suite("Requirement marks")
struct RequirementTraitTests {
    @Test("A mark counts in the task that comes by it, and for the identifier that it has")
    func collects() async {
        let collector = RequirementCollector()
        await RequirementCollector.$current.withValue(collector) {
            fulfils("example-1-R1")
            await Task { fulfils("example-1-R2") }.value
            await Task.detached { fulfils("example-1-R3") }.value
        }
        fulfils("example-1-R4")
        #expect(collector.contains("example-1-R1"))
        #expect(collector.contains("example-1-R2"))
        #expect(!collector.contains("example-1-R3"))
        #expect(!collector.contains("example-1-R4"))
    }

    @Test("A claim whose mark is reached passes", .requirement("example-1-R1"), .requirement("example-1-R2", "example-1-R3"))
    func claims() {
        fulfils("example-1-R1")
        fulfils("example-1-R2")
        fulfils("example-1-R3")
    }

    @Test("One case of several is enough", .requirement("example-1-R1"), arguments: [1, 2, 3])
    func claimsWithArguments(number: Int) {
        if number == 2 { fulfils("example-1-R1") }
    }

    @Test("A claim whose mark is not reached is an issue, one for each such claim")
    func failsUnreached() async throws {
        let test = try #require(Test.current)
        let issues = Mutex<[String]>([])
        try await withKnownIssue {
            let trait = RequirementTrait.requirement("example-1-R1", "example-1-R2", "example-1-R3")
            try await trait.provideScope(for: test, testCase: nil) { fulfils("example-1-R1") }
        } matching: { issue in
            issues.withLock { $0.append("\(issue)") }
            return true
        }
        let texts = issues.withLock { $0 }
        #expect(texts.count == 2)
        #expect(texts.first?.contains("example-1-R2 is claimed") == true)
        #expect(texts.last?.contains("example-1-R3 is claimed") == true)
    }
}
