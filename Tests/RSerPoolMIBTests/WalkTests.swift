import AgentX
import RequirementTesting
import Testing

@testable import RSerPoolMIB

/// Objects that tests' expectations can ask: those of a value may not change it.
private final class Scene {
    private var objects = ManagementObjects()

    var wantsView: Bool { objects.wantsView }
    var view: ManagementView { objects.view }
    var uptime: VariableBinding.Value { objects.value(of: WalkTests.uptime) }
    func show(_ view: ManagementView, at now: Duration) { objects.show(view, at: now) }
    func outdate() { objects.outdate() }
    func prune(at now: Duration) { objects.prune(at: now) }
    func prepare(for request: ManagedRequest, at now: Duration) -> Bool { objects.prepare(for: request, at: now) }
    func first(in range: SearchRange) -> VariableBinding? { objects.first(in: range) }
}

@Suite("One view per walk")
struct WalkTests {
    static let uptime = Stage.base + [1, 1, 1, 1, 5, 4]
    private static let root = SearchRange(from: Stage.base)

    /// A view in which the registrar has been up for so long.
    private func view(_ uptime: UInt32) -> ManagementView {
        var nodes = Stage.nodes()
        nodes.registrars[0].node.uptime = uptime
        return ManagementView(nodes)
    }

    @Test("A request waits for a view, and one that is older than a second does not do")
    func age() {
        let objects = Scene()
        #expect(!objects.prepare(for: .variables, at: .zero) && objects.wantsView)
        objects.show(view(1), at: .seconds(9))
        // However long it took: it was made for this request.
        #expect(!objects.wantsView && objects.prepare(for: .variables, at: .seconds(12)) && objects.uptime == .timeTicks(1))
        #expect(!objects.prepare(for: .variables, at: .seconds(12)))
        objects.show(view(2), at: .seconds(12))
        #expect(objects.prepare(for: .variables, at: .seconds(12)))
        #expect(objects.prepare(for: .variables, at: .milliseconds(12_999)) && objects.uptime == .timeTicks(2))
        #expect(!objects.prepare(for: .variables, at: .seconds(13)))
    }

    @Test("What was set is seen by the next request")
    func afterSetting() {
        let objects = Scene()
        objects.show(view(1), at: .zero)
        #expect(objects.prepare(for: .variables, at: .zero))
        objects.outdate()
        #expect(!objects.prepare(for: .variables, at: .zero) && objects.wantsView)
    }

    @Test("A walk keeps its view for as long as it goes on, another one has a newer view", .requirement("mib-6-R3"))
    func walking() {
        let objects = Scene()
        objects.show(view(1), at: .zero)
        var (name, now, count) = (Stage.base, Duration.zero, 0)
        while objects.prepare(for: .search(SearchRange(from: name)), at: now),
            let next = objects.first(in: SearchRange(from: name))
        {
            if next.name == Self.uptime { #expect(next.value == .timeTicks(1)) }
            (name, now, count) = (next.name, now + .milliseconds(900), count + 1)
            // Meanwhile somebody else reads.
            if !objects.prepare(for: .variables, at: now) { objects.show(view(UInt32(count) + 1), at: now) }
            #expect(objects.prepare(for: .variables, at: now) && objects.uptime == .timeTicks(UInt32(count / 2 * 2 + 1)))
        }
        #expect(count == 128)
        // From the beginning again: a walk of its own.
        objects.outdate()
        #expect(!objects.prepare(for: .search(Self.root), at: now))
    }

    @Test("Two walks at a time have each their own view")
    func twoWalks() {
        let objects = Scene()
        func step(_ name: ObjectIdentifier, _ now: Duration) -> VariableBinding? {
            let range = SearchRange(from: name)
            guard objects.prepare(for: .search(range), at: now) else { return nil }
            return objects.first(in: range)
        }
        objects.show(view(1), at: .zero)
        var first = step(Stage.base, .zero)?.name ?? []
        objects.show(view(2), at: .seconds(2))
        var second = step(Stage.base, .seconds(2))?.name ?? []
        var values: [[VariableBinding.Value]] = [[], []]
        for round in 1...20 {
            let now = Duration.seconds(2) + .milliseconds(round * 10)
            // The first is ahead of the second.
            for _ in 0..<(round == 1 ? 2 : 1) {
                guard let next = step(first, now) else { break }
                if next.name == Self.uptime { values[0].append(next.value) }
                first = next.name
            }
            guard let next = step(second, now) else { break }
            if next.name == Self.uptime { values[1].append(next.value) }
            second = next.name
        }
        #expect(values == [[.timeTicks(1)], [.timeTicks(2)]])
    }

    @Test("A walk goes on where the master agent begins it at the next region, if that is at once")
    func regions() {
        let objects = Scene()
        objects.show(view(1), at: .zero)
        #expect(objects.prepare(for: .search(Self.root), at: .zero))
        _ = objects.first(in: Self.root)
        objects.show(view(2), at: .milliseconds(1_900))
        let region = SearchRange(from: Self.uptime, isStartIncluded: true)
        #expect(objects.prepare(for: .search(region), at: .milliseconds(900)) && objects.uptime == .timeTicks(1))
        #expect(objects.prepare(for: .search(region), at: .milliseconds(1_900)) && objects.uptime == .timeTicks(2))
    }

    @Test("Views are forgotten when nobody asks any more, and walks are few")
    func forgetting() {
        let objects = Scene()
        for walk in 0..<20 {
            objects.show(view(UInt32(walk)), at: .milliseconds(walk))
            #expect(objects.prepare(for: .search(Self.root), at: .milliseconds(walk)))
        }
        objects.prune(at: .seconds(2))
        #expect(objects.view.rowCount > 0)
        objects.prune(at: .seconds(6))
        #expect(objects.view.rowCount == 0 && !objects.prepare(for: .variables, at: .seconds(6)))
    }
}
