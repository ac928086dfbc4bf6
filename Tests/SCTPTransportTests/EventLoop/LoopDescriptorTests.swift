import Glibc
import Testing

@testable import SCTPTransport

struct LoopDescriptorTests {
    private func makePipe() -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        let result = unsafe pipe(&ends)
        precondition(result == 0, "pipe failed")
        return (ends[0], ends[1])
    }

    private func put(_ descriptor: CInt) {
        var byte = UInt8(7)
        _ = unsafe write(descriptor, &byte, 1)
    }

    @Test func aReadableDescriptorIsReportedWhileItIsReadable() async throws {
        let loop = try EventLoop(name: "readable")
        let ends = makePipe()
        let calls = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
            loop.execute {
                var calls = 0
                let entry = Ref<LoopDescriptor>()
                do {
                    entry.value = try loop.register(descriptor: ends.read) { readable, writable in
                        precondition(readable && !writable)
                        calls += 1
                        // Level-triggered: not reading means hearing again.
                        guard calls == 2 else { return }
                        entry.value?.unregister()
                        continuation.resume(returning: calls)
                    }
                } catch {
                    preconditionFailure("\(error)")
                }
            }
            put(ends.write)
        }
        #expect(calls == 2)
        close(ends.read)
        close(ends.write)
    }

    /// What is done while it lingers does not wait until it has.
    @Test func aLoopThatLingersWorksMeanwhile() async throws {
        let loop = try EventLoop(name: "lingering", lingering: .seconds(100_000))
        await loop.run {}
        let ends = makePipe()
        let order = ThreadLock<[String]>([])
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.execute {
                let entry = Ref<LoopDescriptor>()
                entry.value = try? loop.register(descriptor: ends.read) { _, _ in
                    order.withLock { $0.append("input") }
                    entry.value?.unregister()
                    loop.execute { continuation.resume() }
                }
                loop.makeTimer {
                    order.withLock { $0.append("timer") }
                    var byte: UInt8 = 1
                    _ = unsafe write(ends.write, &byte, 1)
                }.arm(at: loop.now + .milliseconds(2))
            }
        }
        #expect(order.withLock { $0 } == ["timer", "input"])
        await loop.run {}
        close(ends.read)
        close(ends.write)
    }

    @Test func writabilityIsReportedOnlyWhenAskedFor() async throws {
        let loop = try EventLoop(name: "writable")
        let ends = makePipe()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.execute {
                let entry = Ref<LoopDescriptor>()
                var mayWrite = false
                do {
                    entry.value = try loop.register(descriptor: ends.write) { _, writable in
                        precondition(writable && mayWrite)
                        entry.value?.unregister()
                        continuation.resume()
                    }
                } catch {
                    preconditionFailure("\(error)")
                }
                loop.makeTimer {
                    mayWrite = true
                    entry.value?.setInterest(read: false, write: true)
                }.arm(at: loop.now + .milliseconds(2))
            }
        }
        close(ends.read)
        close(ends.write)
    }

    @Test func anEventFetchedBeforeItsDescriptorWentAwayReachesNobody() async throws {
        let loop = try EventLoop(name: "stale")
        let one = makePipe()
        let other = makePipe()
        put(one.write)
        put(other.write)
        let heard = await withCheckedContinuation { (continuation: CheckedContinuation<[String], Never>) in
            loop.execute {
                var heard: [String] = []
                let entries = Ref<[LoopDescriptor]>()
                let owners = Ref<[LoopDescriptor]>()
                owners.value = []
                // Whichever is told first takes both away and puts a new owner, with nothing to read, into the freed slots.
                func first(_ name: String) {
                    heard.append(name)
                    entries.value?.forEach { $0.unregister() }
                    for _ in 0..<2 {
                        let duplicate = dup(one.write)
                        if let owner = try? loop.register(descriptor: duplicate, { _, _ in heard.append("new owner") }) {
                            owners.value?.append(owner)
                        }
                    }
                }
                do {
                    entries.value = [
                        try loop.register(descriptor: one.read) { _, _ in first("one") },
                        try loop.register(descriptor: other.read) { _, _ in first("other") },
                    ]
                } catch {
                    preconditionFailure("\(error)")
                }
                loop.makeTimer {
                    // Left in place they would keep the loop alive and, once their pipes are closed, busy for ever.
                    for owner in owners.value ?? [] {
                        owner.unregister()
                        close(owner.descriptor)
                    }
                    owners.value = nil
                    entries.value = nil
                    continuation.resume(returning: heard)
                }.arm(at: loop.now + .milliseconds(5))
            }
        }
        #expect(heard.count == 1)
        #expect(heard.first != "new owner")
        for descriptor in [one.read, one.write, other.read, other.write] { close(descriptor) }
    }

    @Test func aRegularFileIsRefusedWithASentence() async throws {
        let loop = try EventLoop(name: "refused")
        let file = unsafe open("/proc/self/exe", O_RDONLY)
        let error = await loop.run { () -> SCTPTransportError? in
            do throws(SCTPTransportError) {
                _ = try loop.register(descriptor: file) { _, _ in }
                return nil
            } catch {
                return error
            }
        }
        #expect(error?.code == .system(EPERM))
        #expect(error?.message.contains("descriptor \(file)") == true)
        close(file)
    }
}
