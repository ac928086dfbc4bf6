#if UserlandSCTP
    import CUserlandSCTP

    /// A one-to-many socket of usrsctp. Calls give 0 or an `errno`. Closed by its owner, once.
    @safe
    struct UserlandSocket {
        private let pointer: OpaquePointer

        /// nil with `errno` set where usrsctp refuses.
        init?(_ options: userland_options) {
            var options = options
            guard let pointer = unsafe userland_open(&options) else { return nil }
            unsafe self.pointer = pointer
        }

        func close() {
            unsafe userland_close(pointer)
        }

        func connect(to peer: UInt16, number: inout UInt32) -> CInt {
            unsafe userland_connect(pointer, peer, &number)
        }

        func send(_ bytes: RawSpan, _ header: MessageHeader, context: UInt32, on association: UInt32) -> CInt {
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe userland_send(
                    pointer, association, bytes.baseAddress, bytes.count, header.stream, header.payloadProtocol.rawValue,
                    header.isUnordered, context)
            }
        }

        func shutDown(_ association: UInt32) {
            _ = unsafe userland_shut_down(pointer, association)
        }

        func abort(_ association: UInt32) {
            _ = unsafe userland_abort(pointer, association)
        }

        /// For one association, or with 0 for all later ones.
        func setTiming(_ timing: SCTPTiming, of association: UInt32) -> CInt {
            var timing = userland_timing(timing)
            return unsafe userland_set_timing(pointer, association, &timing)
        }

        /// Verification tags as they are on the wire; nil for an association that has ended.
        func tags(of association: UInt32) -> (local: UInt32, peer: UInt32)? {
            var local: UInt32 = 0
            var peer: UInt32 = 0
            return unsafe userland_get_tags(pointer, association, &local, &peer) == 0 ? (local, peer) : nil
        }

        /// Bytes sent and not yet acknowledged.
        func queuedBytes(of association: UInt32) -> Int {
            var bytes: UInt32 = 0
            return unsafe userland_get_queued_bytes(pointer, association, &bytes) == 0 ? Int(bytes) : 0
        }

        func roundTripTime(of association: UInt32) -> Duration? {
            var milliseconds: UInt32 = 0
            let error = unsafe userland_get_round_trip_time(pointer, association, &milliseconds)
            return error == 0 && milliseconds > 0 ? .milliseconds(Int64(milliseconds)) : nil
        }

        func isEstablished(_ association: UInt32) -> Bool {
            unsafe userland_is_established(pointer, association)
        }

        /// Takes the next event; false where there is none.
        func receive(_ event: inout userland_event) -> Bool {
            unsafe userland_receive(pointer, &event)
        }

        /// What the latest event brought: valid until the next event is taken.
        static func withBytes<Result>(of event: userland_event, _ body: (RawSpan) -> Result) -> Result {
            unsafe body(UnsafeRawBufferPointer(start: userland_event_bytes(), count: event.length).bytes)
        }
    }
#endif
