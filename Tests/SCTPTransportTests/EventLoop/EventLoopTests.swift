import Glibc
import Testing

@testable import SCTPTransport

/// An actor that lives on a loop, as endpoints do.
private actor Resident {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private(set) var log: [Int] = []

    init(on loop: EventLoop) {
        self.loop = loop
    }

    func append(_ number: Int) {
        loop.checkIsolated()
        log.append(number)
    }

    func timer(_ number: Int) -> Bool {
        // Formed here, so it is isolated to this actor; the loop calls it outside of any job.
        let timer = loop.makeTimer { self.log.append(number) }
        timer.arm(at: loop.now)
        return timer.isArmed
    }
}

struct EventLoopTests {
    @Test func workRunsInTheOrderInWhichOneThreadQueuedIt() async throws {
        let loop = try EventLoop(name: "order")
        let order = ThreadLock<[Int]>([])
        for number in 0..<5000 {
            loop.execute { order.withLock { $0.append(number) } }
        }
        await loop.run {}
        #expect(order.withLock { $0 } == Array(0..<5000))
    }

    @Test func workFromTheLoopItselfWaitsForTheEndOfThePieceAtHand() async throws {
        let loop = try EventLoop(name: "nested")
        let order = ThreadLock<[Int]>([])
        await loop.run {
            loop.execute { order.withLock { $0.append(2) } }
            order.withLock { $0.append(1) }
        }
        await loop.run { order.withLock { $0.append(3) } }
        #expect(order.withLock { $0 } == [1, 2, 3])
    }

    @Test func theLoopKnowsItsOwnThread() async throws {
        let one = try EventLoop(name: "one")
        let other = try EventLoop(name: "other")
        #expect(!one.inLoop)
        #expect(await one.run { one.inLoop && !other.inLoop })
        #expect(one.isIsolatingCurrentContext() == false)
        #expect(await one.run { one.isIsolatingCurrentContext() } == true)
    }

    @Test func actorsAndPreferringTasksRunOnTheLoop() async throws {
        let loop = try EventLoop(name: "actors")
        let resident = Resident(on: loop)
        await resident.append(1)
        let stayed = await Task(executorPreference: loop) {
            await resident.append(2)
            await Task.yield()
            return loop.inLoop
        }.value
        #expect(stayed)
        #expect(await resident.log == [1, 2])
    }

    @Test func aTimerFormedInAnActorMayTouchTheActor() async throws {
        let loop = try EventLoop(name: "actor timer")
        let resident = Resident(on: loop)
        #expect(await resident.timer(7))
        while await resident.log.isEmpty {}
        #expect(await resident.log == [7])
    }

    @Test func everyProducerIsHeardWhetherTheLoopSleepsOrNot() async throws {
        let loop = try EventLoop(name: "producers")
        let counts = ThreadLock([Int](repeating: 0, count: 8))
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<8 {
                group.addTask {
                    for number in 0..<2000 {
                        loop.execute {
                            counts.withLock { counts in
                                if counts[producer] == number { counts[producer] += 1 }
                            }
                        }
                        if number.isMultiple(of: 100) { await loop.run {} }
                    }
                    await loop.run {}
                }
            }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 2000, count: 8))
    }

    @Test func workDoesNotStarveDescriptorsAndTimers() async throws {
        let loop = try EventLoop(name: "busy")
        let fired = ThreadLock(false)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.execute {
                let timer = loop.makeTimer { fired.withLock { $0 = true } }
                timer.arm(at: loop.now + .milliseconds(1))
                @Sendable func again() {
                    if fired.withLock({ $0 }) { continuation.resume() } else { loop.execute(again) }
                }
                again()
            }
        }
        #expect(fired.withLock { $0 })
    }

    @Test func hooksRunAfterTheWorkOfATurn() async throws {
        let loop = try EventLoop(name: "hooks")
        let order = ThreadLock<[String]>([])
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.execute {
                let hook = Ref<LoopHook>()
                hook.value = loop.addTurnEndHook {
                    order.withLock { $0.append("hook") }
                    hook.value?.remove()
                    continuation.resume()
                }
                loop.execute { order.withLock { $0.append("second") } }
                order.withLock { $0.append("first") }
            }
        }
        await loop.run { order.withLock { $0.append("later") } }
        #expect(order.withLock { $0 } == ["first", "second", "hook", "later"])
    }

    @Test func aLoopThatNobodyRefersToEndsItsThread() async throws {
        weak var gone: LoopCore?
        do {
            let loop = try EventLoop(name: "short-lived")
            gone = loop.coreForTests
            await loop.run {}
        }
        // The thread ends on its own; the test's time limit is the only clock.
        while gone != nil { await Task.yield() }
        #expect(gone == nil)
    }
}

/// Holds what only the loop's thread touches.
final class Ref<Value> {
    var value: Value?
}
