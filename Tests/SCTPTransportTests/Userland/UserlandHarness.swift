#if UserlandSCTP
    import InternetAddresses

    @testable import SCTPTransport

    /// Takes what a backend tells, for tests that drive the backend itself. Used on the loop only.
    final class RecordingDelegate: SCTPBackendDelegate {
        var events: [SCTPEvent] = []
        var onEvent: (SCTPEvent) -> Void = { _ in }
        private var accepted: UInt64 = 0

        func backend(didReceive bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) {
            var copy: [UInt8] = []
            copy.append(bytes)
            record(.message(association, SCTPMessage(copy, header)))
        }

        func backend(didNotify notification: SCTPNotification, of association: AssociationIdentifier) {
            record(.notification(association, notification))
        }

        func backendNextAcceptedIdentifier() -> AssociationIdentifier? {
            accepted += 1
            return AssociationIdentifier(accepted: accepted)
        }

        private func record(_ event: SCTPEvent) {
            events.append(event)
            onEvent(event)
        }
    }
#endif
