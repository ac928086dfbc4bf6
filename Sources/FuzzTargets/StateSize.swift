/// How much an engine holds: the elements of every collection within it, theirs included.
///
/// Found by reflection, so that a table that somebody adds to an engine and lets grow is found out without being named here.
func stateSize(of value: Any, depth: Int = 0) -> Int {
    guard depth < 12 else { return 0 }
    let mirror = Mirror(reflecting: value)
    let isCollection =
        switch mirror.displayStyle {
        case .collection, .dictionary, .set: true
        default: false
        }
    var size = 0
    for child in mirror.children {
        size += (isCollection ? 1 : 0) + stateSize(of: child.value, depth: depth + 1)
    }
    return size
}
