extension Simulation {
    /// Looks for a smaller run that fails the same check: fewer participants, less time, fewer steps.
    /// - Parameters:
    ///   - failure: a run that failed; one that did not is returned as it is.
    ///   - attempts: how many runs that may take.
    /// - Returns: the smallest that was found, with its log.
    public static func shrink(_ failure: Outcome, attempts: Int = 300) -> Outcome {
        guard let violation = failure.violation else { return failure }
        var best = failure.options
        var bestSteps = failure.steps
        var left = attempts

        func accepts(_ options: SimulationOptions) -> Bool {
            guard left > 0, options.complaint == nil else { return false }
            left -= 1
            let outcome = run(options)
            guard outcome.violation?.check == violation.check else { return false }
            best = options
            bestSteps = outcome.steps
            return true
        }

        var isSmaller = true
        while isSmaller {
            isSmaller = smallerWorlds(than: best).contains(where: accepts)
        }
        // Steps: leave out halves, then quarters, down to single ones.
        var size = max(1, bestSteps.count / 2)
        while !bestSteps.isEmpty, left > 0 {
            var start = 0
            var hasShrunk = false
            while start < bestSteps.count, left > 0 {
                var fewer = bestSteps
                fewer.removeSubrange(start..<min(start + size, bestSteps.count))
                var options = best
                options.steps = fewer
                if accepts(options) {
                    bestSteps = fewer
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        return run(best, isRecording: true)
    }

    /// Smaller worlds, the smallest in front. Their plans are others, so they are tried before steps are left out.
    private static func smallerWorlds(than options: SimulationOptions) -> [SimulationOptions] {
        guard options.steps == nil else { return [] }
        var candidates: [SimulationOptions] = []
        func add(_ change: (inout SimulationOptions) -> Void) {
            var smaller = options
            change(&smaller)
            smaller.pools = min(smaller.pools, smaller.elements)
            if smaller != options { candidates.append(smaller) }
        }
        let round = SimulationOptions.minutesPerRound
        add { $0.minutes = max(1, $0.minutes / 2 / round * round) }
        add { $0.minutes = max(1, ($0.minutes - 1) / round * round) }
        add { $0.elements = max(1, $0.elements / 2) }
        add { $0.users = $0.users / 2 }
        add { $0.pools = 1 }
        add { $0.registrars = max(1, $0.registrars - 1) }
        return candidates
    }
}
