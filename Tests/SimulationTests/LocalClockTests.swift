import SCTPTransport
import Testing

@testable import RSerPoolSimulation

@Suite("A process's own clock")
struct LocalClockTests {
    private let second = MonotonicInstant.origin + .seconds(1)

    @Test("A clock that nothing befell shows the world's time")
    func undisturbed() {
        let clock = LocalClock()
        #expect(clock.local(second) == second)
        #expect(clock.world(second) == second)
    }

    @Test("A jump moves deadlines nearer, down to now")
    func jump() {
        var clock = LocalClock()
        clock.jump(by: .seconds(10), at: second)
        #expect(clock.local(second) == second + .seconds(10))
        #expect(clock.world(second + .seconds(15)) == second + .seconds(5))
        #expect(clock.world(second + .seconds(3)) == second)
    }

    @Test("A slow clock moves deadlines away, and none fires early")
    func slow() {
        var clock = LocalClock()
        clock.setSpeed(percent: 30, at: second)
        #expect(clock.local(second + .seconds(10)) == second + .seconds(3))
        for nanoseconds in [1, 2, 3, 1_000_000_007] as [Int64] {
            let deadline = second + .nanoseconds(nanoseconds)
            #expect(clock.local(clock.world(deadline)) >= deadline)
        }
        clock.setSpeed(percent: 100, at: second + .seconds(10))
        #expect(clock.local(second + .seconds(11)) == second + .seconds(4))
    }
}
