internal import Synchronization

/// The requirements whose marks a test has come by.
package final class RequirementCollector: Sendable {
    /// That of the test that runs in this task, if it has claimed a requirement.
    @TaskLocal package static var current: RequirementCollector?

    private let requirements = Mutex<Set<String>>([])

    package init() {}

    package func contains(_ requirement: String) -> Bool {
        requirements.withLock { $0.contains(requirement) }
    }

    package func insert(_ requirement: StaticString) {
        let requirement = requirement.description
        requirements.withLock { _ = $0.insert(requirement) }
    }
}
