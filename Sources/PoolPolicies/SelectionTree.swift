/// Where an element stands in a pool's order: by rank, and among equal ranks by who came, or was moved to the end, first.
struct SelectionKey: Hashable, SelectionTreeKey {
    /// What the policy orders by, the lowest first.
    var rank: UInt64
    /// Handed out in increasing order and never twice, so no two keys of a pool are equal.
    var sequence: UInt64

    static func < (left: SelectionKey, right: SelectionKey) -> Bool {
        left.rank != right.rank ? left.rank < right.rank : left.sequence < right.sequence
    }

    var summary: Void { () }

    static func merged(_ left: Void, _ right: Void) {}
}

/// What a ``SelectionTree`` can be ordered by. No two keys of a tree may be equal.
protocol SelectionTreeKey: Comparable, Sendable {
    /// What a subtree tells of its keys, to be searched by; nothing where it is `Void`.
    associatedtype Summary: Sendable

    /// What one key tells.
    var summary: Summary { get }
    /// What two parts tell together, in either order.
    static func merged(_ left: Summary, _ right: Summary) -> Summary
}

/// The order of a pool's elements as a height-balanced binary tree (AVL) whose nodes are the pool's slots.
///
/// Putting in, taking out and finding the first are O(log n), walking k elements from the first is O(k + log n). Nodes lie in one
/// array, so a tree by rank costs 32 bytes for each slot up to the highest in use, and is a plain value.
struct SelectionTree<Key: SelectionTreeKey>: Sendable {
    private struct Node: Sendable {
        var key: Key
        /// What the subtree from here down tells.
        var summary: Key.Summary
        var left = SelectionTree.none
        var right = SelectionTree.none
        /// Levels from here down, itself included; 0 marks a slot that is not in the tree.
        var height: Int32 = 1

        init(key: Key) {
            self.key = key
            summary = key.summary
        }
    }

    private static var none: Int32 { -1 }

    private var nodes: [Node] = []
    private var root = SelectionTree.none
    private(set) var count = 0

    /// The key of a slot; nil where it is not in the tree.
    func key(of slot: Int) -> Key? {
        guard nodes.indices.contains(slot), nodes[slot].height > 0 else { return nil }
        return nodes[slot].key
    }

    /// The slot with the least key.
    var first: Int? {
        guard root != Self.none else { return nil }
        var node = root
        while nodes[Int(node)].left != Self.none { node = nodes[Int(node)].left }
        return Int(node)
    }

    /// The slot with the least key that satisfies a condition, in O(log n).
    /// - Parameter mayHold: whether a key that satisfies it is in a subtree that tells this; never false where one is, never true where
    ///   none is.
    func first(inSubtree mayHold: (Key.Summary) -> Bool, where condition: (Key) -> Bool) -> Int? {
        var node = root
        while node != Self.none, mayHold(nodes[Int(node)].summary) {
            let (left, right) = (nodes[Int(node)].left, nodes[Int(node)].right)
            if left != Self.none, mayHold(nodes[Int(left)].summary) {
                node = left
            } else if condition(nodes[Int(node)].key) {
                return Int(node)
            } else {
                node = right
            }
        }
        return nil
    }

    /// Puts a slot in that is not in the tree.
    mutating func insert(_ slot: Int, _ key: Key) {
        precondition(slot >= 0 && slot < Int(Int32.max) && self.key(of: slot) == nil, "the slot is in the tree already")
        while nodes.count <= slot {
            var absent = Node(key: key)
            absent.height = 0
            nodes.append(absent)
        }
        nodes[slot] = Node(key: key)
        root = inserted(Int32(slot), key, under: root)
        count += 1
    }

    /// Takes a slot out; nothing happens where it is not in the tree.
    mutating func remove(_ slot: Int) {
        guard let key = key(of: slot) else { return }
        root = removed(key, under: root)
        nodes[slot] = Node(key: key)
        nodes[slot].height = 0
        count -= 1
        // An empty tree gives its memory back; a small one keeps it, for a pool of one takes its element out and in at each request.
        if count == 0 { nodes.removeAll(keepingCapacity: nodes.count <= 16) }
    }

    /// Calls `visit` with slots in order of their keys until it answers false or none is left.
    func forEachFromFirst(_ visit: (Int) -> Bool) {
        _ = walk(root, visit)
    }

    private func walk(_ node: Int32, _ visit: (Int) -> Bool) -> Bool {
        guard node != Self.none else { return true }
        return walk(nodes[Int(node)].left, visit) && visit(Int(node)) && walk(nodes[Int(node)].right, visit)
    }

    private mutating func inserted(_ slot: Int32, _ key: Key, under node: Int32) -> Int32 {
        guard node != Self.none else { return slot }
        let index = Int(node)
        if key < nodes[index].key {
            nodes[index].left = inserted(slot, key, under: nodes[index].left)
        } else {
            nodes[index].right = inserted(slot, key, under: nodes[index].right)
        }
        return balanced(node)
    }

    private mutating func removed(_ key: Key, under node: Int32) -> Int32 {
        precondition(node != Self.none, "a slot of the tree is not reached by its key")
        let index = Int(node)
        if key < nodes[index].key {
            nodes[index].left = removed(key, under: nodes[index].left)
        } else if nodes[index].key < key {
            nodes[index].right = removed(key, under: nodes[index].right)
        } else {
            let (left, right) = (nodes[index].left, nodes[index].right)
            guard left != Self.none else { return right }
            guard right != Self.none else { return left }
            let (rest, successor) = withoutFirst(right)
            nodes[Int(successor)].left = left
            nodes[Int(successor)].right = rest
            return balanced(successor)
        }
        return balanced(node)
    }

    /// The subtree without its least node, and that node.
    private mutating func withoutFirst(_ node: Int32) -> (rest: Int32, first: Int32) {
        let index = Int(node)
        guard nodes[index].left != Self.none else { return (nodes[index].right, node) }
        let (rest, first) = withoutFirst(nodes[index].left)
        nodes[index].left = rest
        return (balanced(node), first)
    }

    private func height(_ node: Int32) -> Int32 {
        node == Self.none ? 0 : nodes[Int(node)].height
    }

    /// Height and summary of a node whose subtrees have theirs.
    private mutating func renew(_ node: Int32) {
        let index = Int(node)
        let (left, right) = (nodes[index].left, nodes[index].right)
        nodes[index].height = 1 + max(height(left), height(right))
        guard Key.Summary.self != Void.self else { return }
        var summary = nodes[index].key.summary
        if left != Self.none { summary = Key.merged(summary, nodes[Int(left)].summary) }
        if right != Self.none { summary = Key.merged(summary, nodes[Int(right)].summary) }
        nodes[index].summary = summary
    }

    /// Restores the height difference of at most one below a node whose subtrees are balanced and differ by at most two.
    private mutating func balanced(_ node: Int32) -> Int32 {
        let index = Int(node)
        let (left, right) = (nodes[index].left, nodes[index].right)
        let difference = height(left) - height(right)
        if difference > 1 {
            if height(nodes[Int(left)].left) < height(nodes[Int(left)].right) { nodes[index].left = rotatedLeft(left) }
            return rotatedRight(node)
        }
        if difference < -1 {
            if height(nodes[Int(right)].right) < height(nodes[Int(right)].left) { nodes[index].right = rotatedRight(right) }
            return rotatedLeft(node)
        }
        renew(node)
        return node
    }

    private mutating func rotatedLeft(_ node: Int32) -> Int32 {
        let pivot = nodes[Int(node)].right
        nodes[Int(node)].right = nodes[Int(pivot)].left
        nodes[Int(pivot)].left = node
        renew(node)
        renew(pivot)
        return pivot
    }

    private mutating func rotatedRight(_ node: Int32) -> Int32 {
        let pivot = nodes[Int(node)].left
        nodes[Int(node)].left = nodes[Int(pivot)].right
        nodes[Int(pivot)].right = node
        renew(node)
        renew(pivot)
        return pivot
    }

    /// What must hold at any time: keys in order, heights right, every node balanced, every slot reached once. For tests; O(n).
    var isWellFormed: Bool {
        var (reached, isOrdered, last) = (0, true, Key?.none)
        forEachFromFirst { slot in
            let key = nodes[slot].key
            if let last, !(last < key) { isOrdered = false }
            (last, reached) = (key, reached + 1)
            return true
        }
        let areBalanced = nodes.allSatisfy { node in
            node.height == 0
                || (node.height == 1 + max(height(node.left), height(node.right))
                    && abs(height(node.left) - height(node.right)) <= 1)
        }
        return isOrdered && areBalanced && reached == count && nodes.count { $0.height > 0 } == count
    }
}
