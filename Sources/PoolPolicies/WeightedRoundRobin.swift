public import RSerPoolParameters
import RequirementMarks

/// Weighted Round Robin (RFC 5356 §4.2): every element in turn, each as often as its weight says.
public struct WeightedRoundRobin: PoolPolicy {
    public static let type = PolicyType.weightedRoundRobin
    public static let name = "Weighted Round Robin"
    public static let layout: [PolicyField] = [.weight]
    public static let overall = WeightedRoundRobin(weight: 1)

    /// The element's capacity of service compared with the pool's other elements; 0 is none (§3.2).
    public var weight: UInt32

    /// - Parameter weight: turns of the element in a round.
    public init(weight: UInt32) {
        self.weight = weight
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        weight = parameter.word(0)
    }

    public var parameter: PolicyParameter { PolicyParameter(type: Self.type, data: PolicyData(words: weight)) }
    public var description: String { "\(Self.name), weight \(weight)" }

    public static func makeSelection() -> any PoolSelection { WeightedRoundRobinSelection() }
    /// As under Round Robin (§4.2.3).
    public static func makeChoice() -> any PoolUserChoice {
        fulfils("policies-4.2.3-R1")
        return RoundRobinChoice()
    }
}

extension PolicyParameter {
    /// Weighted Round Robin (RFC 5356 §4.2.4).
    public static func weightedRoundRobin(weight: UInt32) -> PolicyParameter {
        WeightedRoundRobin(weight: weight).parameter
    }
}

/// The circular list of RFC 5356 §4.2.2, in which an element has as many entries as its weight, without writing the list down.
///
/// **Rounds.** In a round each element has as many turns as its weight w; they are released at the points 0/w, 1/w, 2/w … of the round
/// and due at 1/w, 2/w, 3/w …. With the sum of weights W, a request moves the pool on by 1/W of a round. The head of the list is the
/// element whose turn is due first, of those whose turn is released before the end of the present step. Of turns due together the
/// heavier element's is first, and of equal weights the one of who came, or had a turn, first.
///
/// **Evenness.** As long as the pool does not change, every element has at each point of the list had its exact share of turns so far
/// to within less than one turn, and after W turns exactly w. For: its k-th turn lies in the steps from ⌊kW/w⌋ up to ⌈(k + 1)W/w⌉; giving
/// each element w/W of each step would keep within all these spans; hence so does some order of whole turns, and of one server and turns
/// of equal length, earliest due first finds one. (S. Baruah et al., "Proportionate progress", Algorithmica 15, 1996; R. Tijdeman, "The
/// chairman assignment problem", Discrete Mathematics 32, 1980, who also shows that no rule can promise less than 1 - 1/(2n - 2) to n
/// elements.) No rounding is involved: points are fractions and compared as such.
///
/// **Changes.** Where the pool stands in its round is the mean of the elements' next releases, weighted with their weights; so nobody
/// gains by others' coming and going. Who joins has the first turn that is released then or later. Who comes with another weight still
/// has a turn outstanding where one was, and no more than one. With equal weights all this is exactly Round Robin, joining and leaving
/// included.
///
/// **Answers.** The head comes first and has had its turn, as under Round Robin. The others follow in the order in which their turns are
/// due, each once: the order of their next entries in the list, but for elements whose turns overlap.
///
/// **Weight 0**, not capable of any service (§3.2), means no entry in the list: such elements are not returned while there are others.
/// Where there are only such, they are taken in turn; an answer without elements would tell users that there is no pool.
///
/// O(log n) to add, change and take out; O(k + log n) for an answer of k elements; whatever the weights.
struct WeightedRoundRobinSelection: PoolSelection {
    private var tree = SelectionTree<TurnKey>()
    private var weightless = RankedSelection()
    private var nextSequence: UInt64 = 0
    /// The sum of weights.
    private var weightSum = 0
    /// Where the pool stands: at `round + progress / weightSum`, with 0 <= progress < weightSum.
    private var round = 0
    private var progress = 0

    var count: Int { tree.count + weightless.count }
    var first: Int? { head ?? weightless.first }

    private var head: Int? {
        tree.first(
            inSubtree: { isReleased($0) }, where: { isReleased($0.release) })
    }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        let weight = try WeightedRoundRobin(parameter).weight
        guard weight > 0 else { return weightless.insert(slot, rank: 0) }
        enter(slot, firstTurn(weight, isOwed: false))
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        let weight = try WeightedRoundRobin(parameter).weight
        guard let key = tree.key(of: slot) else {
            guard weight > 0, weightless.rank(of: slot) != nil else { return }
            weightless.remove(slot)
            return enter(slot, firstTurn(weight, isOwed: false))
        }
        // Who keeps the weight keeps the turn.
        guard key.release.weight != weight else { return }
        let turn = firstTurn(weight, isOwed: isPast(key.release))
        leave(slot, key)
        if weight == 0 { weightless.insert(slot, rank: 0) } else { enter(slot, tree.count == 0 ? .start(weight) : turn) }
    }

    mutating func remove(_ slot: Int) {
        weightless.remove(slot)
        if let key = tree.key(of: slot) { leave(slot, key) }
    }

    mutating func select(_ wanted: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int]) {
        guard wanted > 0 else { return }
        guard let head, let key = tree.key(of: head) else { return weightless.select(wanted, into: &slots) }
        let end = slots.count + wanted
        slots.append(head)
        if wanted > 1 {
            tree.forEachFromFirst { slot in
                if slot != head { slots.append(slot) }
                return slots.count < end
            }
        }
        fulfils("policies-4.2.2-R1")
        tree.remove(head)
        tree.insert(head, TurnKey(release: key.release.next, sequence: takeSequence()))
        progress += 1
        normalize()
    }

    // MARK: Places in the round

    private mutating func enter(_ slot: Int, _ turn: TurnPoint) {
        progress += distance(to: turn)
        weightSum += Int(turn.weight)
        normalize()
        tree.insert(slot, TurnKey(release: turn, sequence: takeSequence()))
    }

    private mutating func leave(_ slot: Int, _ key: TurnKey) {
        tree.remove(slot)
        progress -= distance(to: key.release)
        weightSum -= Int(key.release.weight)
        if weightSum == 0 { (round, progress) = (0, 0) }
        normalize()
    }

    /// How far the present round's beginning is from a turn, in turns of that weight: what the turn adds to the weighted mean. Turns of
    /// one pool lie within a few rounds of each other, as nobody is passed over once a turn is due before all others.
    private func distance(to turn: TurnPoint) -> Int {
        (turn.round - round) * Int(turn.weight) + Int(turn.index)
    }

    private mutating func normalize() {
        guard weightSum > 0, progress < 0 || progress >= weightSum else { return }
        let (quotient, remainder) = progress.quotientAndRemainder(dividingBy: weightSum)
        round += remainder < 0 ? quotient - 1 : quotient
        progress = remainder < 0 ? remainder + weightSum : remainder
    }

    /// The turn to begin with: the first one released now or later; for whom a turn is outstanding, the last one released by now.
    private func firstTurn(_ weight: UInt32, isOwed: Bool) -> TurnPoint {
        guard weight > 0, weightSum > 0 else { return .start(weight) }
        let product = UInt64(progress).multipliedFullWidth(by: UInt64(weight))
        let (index, rest) = UInt64(weightSum).dividingFullWidth(product)
        let turn = TurnPoint(round: round, index: UInt32(index), weight: weight)
        return rest == 0 || isOwed ? turn : turn.next
    }

    /// Whether a turn was released before the point where the pool stands.
    private func isPast(_ turn: TurnPoint) -> Bool { isReleased(turn, before: progress) }

    /// Whether a turn is released before the end of the present step, `round + (progress + 1) / weightSum`.
    private func isReleased(_ turn: TurnPoint) -> Bool { isReleased(turn, before: progress + 1) }

    private func isReleased(_ turn: TurnPoint, before progress: Int) -> Bool {
        guard turn.round == round else { return turn.round < round }
        let left = UInt64(turn.index).multipliedFullWidth(by: UInt64(weightSum))
        let right = UInt64(turn.weight).multipliedFullWidth(by: UInt64(progress))
        return (left.high, left.low) < (right.high, right.low)
    }

    private mutating func takeSequence() -> UInt64 {
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Consistency of the order and of the mean, for tests; O(n).
    var isWellFormed: Bool {
        var (weights, mean) = (0, 0)
        tree.forEachFromFirst { slot in
            let turn = tree.key(of: slot)!.release
            weights += Int(turn.weight)
            mean += distance(to: turn)
            return true
        }
        return tree.isWellFormed && weights == weightSum && mean == progress && (0..<max(1, weightSum)).contains(progress)
    }
}

/// When a turn is released: at `round + index / weight`, with index < weight.
struct TurnPoint: Hashable, Sendable {
    var round: Int
    var index: UInt32
    var weight: UInt32

    static func start(_ weight: UInt32) -> TurnPoint { TurnPoint(round: 0, index: 0, weight: weight) }

    /// The same element's next turn.
    var next: TurnPoint {
        index + 1 == weight
            ? TurnPoint(round: round + 1, index: 0, weight: weight) : TurnPoint(round: round, index: index + 1, weight: weight)
    }

    /// Whether it is released before another.
    func isBefore(_ other: TurnPoint) -> Bool {
        guard round == other.round else { return round < other.round }
        return UInt64(index) * UInt64(other.weight) < UInt64(other.index) * UInt64(weight)
    }

    /// Less than 0, 0 or more than 0 as it is due, one index after its release, before, with or after another.
    func order(ofDueAgainst other: TurnPoint) -> Int {
        // Due points of one round are above it and up to the next, so rounds decide first here as well.
        guard round == other.round else { return round < other.round ? -1 : 1 }
        let (left, right) = (UInt64(index + 1) * UInt64(other.weight), UInt64(other.index + 1) * UInt64(weight))
        return left == right ? 0 : left < right ? -1 : 1
    }
}

/// An element's place in Weighted Round Robin: when its next turn is due; of turns due together the heavier element's, whose next one is
/// nearer; and of equal weights who came, or had a turn, first.
struct TurnKey: SelectionTreeKey {
    var release: TurnPoint
    var sequence: UInt64

    static func < (left: TurnKey, right: TurnKey) -> Bool {
        let order = left.release.order(ofDueAgainst: right.release)
        if order != 0 { return order < 0 }
        let weights = (left.release.weight, right.release.weight)
        return weights.0 == weights.1 ? left.sequence < right.sequence : weights.0 > weights.1
    }

    /// A subtree tells the earliest release in it.
    var summary: TurnPoint { release }

    static func merged(_ left: TurnPoint, _ right: TurnPoint) -> TurnPoint {
        right.isBefore(left) ? right : left
    }
}
