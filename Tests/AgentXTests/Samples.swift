@testable import AgentX

enum Samples {
    static let values: [VariableBinding.Value] = [
        .integer(-7), .integer(.max), .octetString([]), .octetString([1, 2, 3]), .null, .objectIdentifier([1, 3, 6, 1, 4]),
        .ipAddress([192, 0, 2, 1]), .counter32(7), .gauge32(.max), .timeTicks(100), .opaque([9]), .counter64(1 << 40),
        .noSuchObject, .noSuchInstance, .endOfMibView,
    ]

    static let ranges = [
        SearchRange(from: [1, 3, 6, 1, 3, 125, 1, 1]), SearchRange(from: [1, 2], isStartIncluded: true, to: [1, 3]),
    ]

    static let bindings = [
        VariableBinding([1, 3, 6, 1, 3, 125, 1], .gauge32(4)), VariableBinding([1, 3, 6, 1, 3, 125, 2], .octetString([65])),
    ]

    /// Every message of RFC 2741 §6.2.
    static let bodies: [AgentXMessage.Body] = [
        .open(timeout: 5, identifier: [1, 3, 6, 1, 4, 1], description: [82, 83]),
        .close(.shutDown),
        .register(AgentXMessage.Region([1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 7]), timeout: 0, isInstance: true),
        .register(
            AgentXMessage.Region([1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 7], rangePlace: 10, upperBound: 22), timeout: 3,
            isInstance: false),
        .unregister(AgentXMessage.Region([1, 3, 6, 1, 3, 125], priority: 5)),
        .get(ranges), .getNext(ranges), .getBulk(ranges, nonRepeaters: 1, maximumRepetitions: 20),
        .testSet(bindings), .commitSet, .undoSet, .cleanupSet, .notify(bindings), .ping,
        .indexAllocate(bindings, .given), .indexAllocate(bindings, .new), .indexAllocate(bindings, .any),
        .indexDeallocate(bindings),
        .addAgentCapabilities([1, 3, 6], description: [65, 66, 67]), .removeAgentCapabilities([1, 3, 6]),
        .response(AgentXMessage.Response(.notWritable, index: 2, bindings: bindings, upTime: 99)),
    ]
}
