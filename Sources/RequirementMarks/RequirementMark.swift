#if DEBUG
    /// Says that here is the code which does what a requirement of `Drafts/` asks for: `fulfils("parameters-3-R4")`.
    ///
    /// In a debug build a test with the trait `.requirement("parameters-3-R4")` passes only if it comes by here; where no such test
    /// runs, a mark costs the look at a task-local value. In a release build it is nothing.
    ///
    /// A mark counts in the task that runs the test and in that task's children, not on the event loop's thread: what proves a
    /// requirement is a test of a codec or an engine.
    /// - Parameter requirement: the identifier, written out, for `draft-tool trace` reads it in the source.
    package func fulfils(_ requirement: StaticString) {
        RequirementCollector.current?.insert(requirement)
    }
#else
    @inlinable @inline(__always)
    package func fulfils(_ requirement: StaticString) {}
#endif
