import CKernelSCTP
import InternetAddresses

/// One one-to-many SCTP socket of the kernel (RFC 6458 §3) with buffers for reading and writing in batches.
///
/// The only place that touches the C functions' pointers. Results below zero are negated `errno` values.
@safe
final class KernelSocket {
    /// What a read returned: a message, a notification, or a part of either.
    struct Item {
        var number: kernel_sctp_number
        var header: MessageHeader
        var isNotification: Bool
        /// False where the rest follows.
        var isLast: Bool
    }

    /// Messages per system call.
    static let batchSize = kernel_sctp_batch

    let descriptor: CInt
    private var isOpen = true
    private let input: OpaquePointer
    private let output: OpaquePointer

    /// - Throws: the `errno`.
    init(family: IPAddress.Family, isOnlyIPv6: Bool, sendBuffer: Int, receiveBuffer: Int) throws(SystemError) {
        descriptor = kernel_sctp_open(
            family == .ipv6 ? 6 : 4, isOnlyIPv6, UInt32(clamping: sendBuffer), UInt32(clamping: receiveBuffer))
        guard descriptor >= 0 else { throw SystemError(negated: descriptor) }
        let (newInput, newOutput) = unsafe (kernel_sctp_input_create(), kernel_sctp_output_create())
        guard let newInput = unsafe newInput, let newOutput = unsafe newOutput else {
            preconditionFailure("no memory is left for the buffers of an SCTP socket")
        }
        (unsafe input, unsafe output) = unsafe (newInput, newOutput)
    }

    deinit {
        close()
        unsafe kernel_sctp_input_destroy(input)
        unsafe kernel_sctp_output_destroy(output)
    }

    /// Gives the port free; after this the socket must not be used.
    func close() {
        guard isOpen else { return }
        isOpen = false
        kernel_sctp_close(descriptor)
    }

    // MARK: Addresses

    func bind(_ address: SCTPAddress) -> CInt {
        var address = kernel_sctp_address(address)
        return unsafe kernel_sctp_bind(descriptor, &address)
    }

    var localAddresses: [SCTPAddress] {
        unsafe addresses { unsafe kernel_sctp_local_addresses(descriptor, $0.baseAddress, CInt($0.count)) }
    }

    /// The primary address first; empty for an association that is gone.
    func peerAddresses(of number: kernel_sctp_number) -> [SCTPAddress] {
        unsafe addresses { unsafe kernel_sctp_peer_addresses(descriptor, number, $0.baseAddress, CInt($0.count)) }
    }

    private func addresses(_ read: (UnsafeMutableBufferPointer<kernel_sctp_address>) -> CInt) -> [SCTPAddress] {
        var list = [kernel_sctp_address](repeating: kernel_sctp_address(), count: 16)
        while true {
            let count = Int(unsafe list.withUnsafeMutableBufferPointer { unsafe read($0) })
            guard count > list.count else { return list.prefix(max(count, 0)).compactMap { SCTPAddress($0) } }
            list = [kernel_sctp_address](repeating: kernel_sctp_address(), count: count)
        }
    }

    // MARK: Associations

    func connect(to addresses: [SCTPAddress], _ number: inout kernel_sctp_number) -> CInt {
        unsafe addresses.map { kernel_sctp_address($0) }.withUnsafeBufferPointer {
            unsafe kernel_sctp_connect(descriptor, $0.baseAddress, CInt($0.count), &number)
        }
    }

    /// Sets what RFC 9260 §16 lists, of one association, or with 0 of those to come.
    func setTiming(_ timing: SCTPTiming, associationRetransmissions: UInt16, of number: kernel_sctp_number) -> CInt {
        var values = kernel_sctp_timing(
            initial_timeout: timing.initialRetransmissionTimeout.kernelMilliseconds,
            minimum_timeout: timing.minimumRetransmissionTimeout.kernelMilliseconds,
            maximum_timeout: timing.maximumRetransmissionTimeout.kernelMilliseconds,
            heartbeat_interval: timing.heartbeatInterval?.kernelMilliseconds ?? 0,
            has_heartbeats: timing.heartbeatInterval != nil,
            association_retransmissions: associationRetransmissions,
            path_retransmissions: timing.maximumPathRetransmissions)
        return unsafe kernel_sctp_set_timing(descriptor, number, &values)
    }

    /// With no address, of all addresses.
    func setEncapsulationPort(_ port: UInt16, of address: SCTPAddress?, _ number: kernel_sctp_number) -> CInt {
        guard let address else { return kernel_sctp_set_encapsulation_port(descriptor, number, nil, port) }
        var value = kernel_sctp_address(address)
        return unsafe kernel_sctp_set_encapsulation_port(descriptor, number, &value, port)
    }

    /// Smoothed round-trip time and retransmission time-out of the primary path, in milliseconds; nil where there is none.
    func roundTrip(of number: kernel_sctp_number) -> (smoothed: UInt32, timeout: UInt32)? {
        var smoothed: UInt32 = 0
        var timeout: UInt32 = 0
        guard unsafe kernel_sctp_round_trip(descriptor, number, &smoothed, &timeout) == 0 else { return nil }
        return (smoothed, timeout)
    }

    /// Kernel memory in use for sending, and how much of it the socket may have, in bytes.
    var sendMemory: (used: Int, limit: Int) {
        var used: UInt32 = 0
        var limit: UInt32 = 0
        // Cannot fail on a socket.
        _ = unsafe kernel_sctp_send_memory(descriptor, &used, &limit)
        return (Int(used), Int(limit))
    }

    // MARK: Reading

    /// Reads a batch; returns how many items it has, 0 where nothing waits.
    func receive() -> CInt {
        unsafe kernel_sctp_receive(descriptor, input)
    }

    /// Hands over an item of the last batch read; the bytes are valid during the call.
    func withItem(_ index: Int, _ body: (Item, RawSpan) -> Void) {
        let item = unsafe kernel_sctp_input_item(input, CInt(index))
        let bytes = unsafe UnsafeRawBufferPointer(start: item.bytes, count: Int(item.length))
        unsafe body(Item(item), bytes.bytes)
    }

    static func parse(_ bytes: RawSpan) -> kernel_sctp_notification {
        unsafe bytes.withUnsafeBytes {
            unsafe kernel_sctp_parse($0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count))
        }
    }

    // MARK: Writing

    var outputCount: Int { Int(unsafe kernel_sctp_output_count(output)) }

    /// Whether the batch can take a message of so many bytes.
    func hasRoom(for size: Int) -> Bool {
        unsafe kernel_sctp_output_has_room(output, UInt32(size))
    }

    /// Copies a message to the end of the batch; false where it has no room for it.
    func add(
        _ bytes: RawSpan, _ header: MessageHeader, to number: kernel_sctp_number, asksForAcknowledgement: Bool
    ) -> Bool {
        unsafe bytes.withUnsafeBytes {
            var item = unsafe kernel_sctp_item(
                bytes: $0.baseAddress?.assumingMemoryBound(to: UInt8.self), length: UInt32($0.count),
                payload_protocol: header.payloadProtocol.rawValue, number: number, stream: header.stream,
                is_unordered: header.isUnordered, is_notification: false, is_last: true)
            return unsafe kernel_sctp_output_add(output, &item, asksForAcknowledgement)
        }
    }

    /// Gives the kernel the batch's messages from `first` on; returns how many it took. An error concerns the first.
    func send(from first: Int) -> CInt {
        unsafe kernel_sctp_output_send(descriptor, output, CInt(first))
    }

    /// A copy of a message in the batch.
    func message(_ index: Int) -> (number: kernel_sctp_number, message: SCTPMessage) {
        let item = unsafe kernel_sctp_output_item(output, CInt(index))
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: item.bytes, count: Int(item.length)))
        return unsafe (item.number, SCTPMessage(bytes, Item(item).header))
    }

    func clearOutput() {
        unsafe kernel_sctp_output_clear(output)
    }
}

/// An `errno` value.
struct SystemError: Error {
    var number: CInt

    init(negated: CInt) {
        number = -negated
    }
}

extension KernelSocket.Item {
    fileprivate init(_ item: kernel_sctp_item) {
        unsafe self.init(
            number: item.number,
            header: MessageHeader(
                payloadProtocol: PayloadProtocolIdentifier(rawValue: item.payload_protocol), stream: item.stream,
                isUnordered: item.is_unordered),
            isNotification: item.is_notification, isLast: item.is_last)
    }
}

extension kernel_sctp_address {
    init(_ address: SCTPAddress) {
        self.init()
        port = address.port
        encapsulation_port = address.encapsulationPort ?? 0
        switch address.ip {
        case .v4(let value):
            family = 4
            low = UInt64(value)
        case .v6(let value):
            family = 6
            high = value.high
            low = value.low
        }
    }
}

extension SCTPAddress {
    /// Nil for an address of neither family.
    init?(_ address: kernel_sctp_address) {
        let ip: IPAddress
        switch address.family {
        case 4: ip = .v4(UInt32(truncatingIfNeeded: address.low))
        case 6: ip = .v6(IPv6Number(high: address.high, low: address.low))
        default: return nil
        }
        let encapsulationPort = address.encapsulation_port == 0 ? nil : address.encapsulation_port
        self.init(ip, port: address.port, encapsulationPort: encapsulationPort)
    }

    /// Whether this host has a route to the address: 0, or the negated `errno`.
    var routeCheck: CInt {
        var address = kernel_sctp_address(self)
        return unsafe kernel_sctp_check_route(&address)
    }
}

extension Duration {
    fileprivate var kernelMilliseconds: UInt32 {
        UInt32(clamping: wholeMillisecondsRoundedUp)
    }
}
