import PoolPolicies
public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

// RFC 5352 §6.5.1, §6.5.2, §6.5.3, §6.5.5: messages sent to a pool by its handle, each to the element that the policy chooses.
extension PoolUserEngine {
    /// An association with one element of the pool.
    struct Contact: Sendable {
        var element: PoolElementIdentifier
        var isUp = false
        var outboundStreams: UInt16 = .max
        var exceptions = MessageExceptions()
        /// Messages that the transport handed back and that go to another element.
        var handedBack: [SCTPMessage] = []
    }

    /// A message that waits for the pool's resolution.
    struct Post: Sendable {
        /// Nil where it has been posted before, to an element that failed.
        var identifier: PostIdentifier?
        var message: SCTPMessage
        var options: SendOptions
        var wanted: PoolElementIdentifier?
        var failed: PoolElementIdentifier?
    }

    struct Messenger: Sendable {
        var pool: PoolHandle
        var handling: FailedMessageHandling
        var waiting: [Post] = []
        var waitingBytes = 0
        var contacts: [AssociationIdentifier: Contact] = [:]
        /// The associations in ``contacts``, the oldest in front.
        var order: [AssociationIdentifier] = []
        /// The associations that new messages may use.
        var current: [PoolElementIdentifier: AssociationIdentifier] = [:]
        var last: PoolElementIdentifier?
    }

    /// The most elements that a messenger keeps associations with; the oldest is closed, in order, for another one.
    static var maximumContacts: Int { 128 }

    mutating func openMessenger(
        _ identifier: PoolMessengerIdentifier, _ pool: PoolHandle, _ handling: FailedMessageHandling
    ) {
        guard messengers[identifier] == nil, messengers.count < configuration.maximumSessions else { return }
        messengers[identifier] = Messenger(pool: pool, handling: handling)
    }

    mutating func post(
        _ post: PostIdentifier, _ message: SCTPMessage, _ options: SendOptions, to wanted: PoolElementIdentifier?,
        in identifier: PoolMessengerIdentifier, at now: MonotonicInstant
    ) {
        func refuse(_ failure: PoolMessengerFailure) {
            outputs.append(.messenger(identifier, .notPosted(post, failure)))
        }
        guard let messenger = messengers[identifier] else {
            let isFull = messengers.count >= configuration.maximumSessions
            return refuse(isFull ? .tooManyMessengers(configuration.maximumSessions) : .closed)
        }
        guard message.header.payloadProtocol != .asap else {
            fulfils("asap-5-R3")
            return refuse(.reservedPayloadProtocol)
        }
        guard messenger.waiting.isEmpty || messenger.waitingBytes + message.bytes.count <= configuration.sessionQueueLimit
        else { return refuse(.queueFull(configuration.sessionQueueLimit)) }
        enqueue(
            Post(identifier: post, message: options.applied(to: message), options: options, wanted: wanted),
            in: identifier, at: now)
    }

    private mutating func enqueue(_ post: Post, in identifier: PoolMessengerIdentifier, at now: MonotonicInstant) {
        guard let messenger = messengers[identifier] else { return }
        if messenger.waiting.isEmpty, let element = knownContact(for: post, of: messenger) {
            if post.wanted == nil { fulfils("asap-6.5.5-R4") }
            if freshAnswer(of: messenger.pool, at: now) == nil {
                // §6.5.3: what the cache has is stale; the message does not wait for it.
                fulfils("asap-6.5.3-R4")
                refresh(messenger.pool, at: now)
            }
            return send(post, to: [element], in: identifier, now)
        }
        fulfils("asap-6.5.1-R1")
        fulfils("asap-6.5.1-R2")
        messengers[identifier]?.waiting.append(post)
        messengers[identifier]?.waitingBytes += post.message.bytes.count
        // §6.5.1: while the answer is awaited further messages wait behind the first.
        if messenger.waiting.isEmpty {
            if post.wanted != nil { fulfils("asap-6.5.3-R3") }
            resolve(messenger.pool, for: .messenger(identifier), at: now)
        } else {
            fulfils("asap-6.5.1-R3")
        }
    }

    /// The element that needs no resolution: the wanted one, or the last, where there is an association with it.
    private func knownContact(for post: Post, of messenger: Messenger) -> PoolElementParameter? {
        guard !post.options.contains(.toAll) else { return nil }
        let identifier = post.wanted ?? (post.options.contains(.toLast) ? messenger.last : nil)
        guard let identifier, messenger.current[identifier] != nil else { return nil }
        fulfils("requirements-2.10-R4")
        return pools[messenger.pool]?.answer?.elements.first { $0.identifier == identifier }
    }

    /// The pool's elements are known, or not to be had: what waited goes out.
    mutating func resolved(
        _ result: Result<PoolResolution, ResolutionFailure>, for identifier: PoolMessengerIdentifier,
        at now: MonotonicInstant
    ) {
        guard let messenger = messengers[identifier] else { return }
        messengers[identifier]?.waiting = []
        messengers[identifier]?.waitingBytes = 0
        for post in messenger.waiting {
            switch result {
            case .failure(let failure): refuse(post, .resolution(failure), in: identifier)
            case .success(let resolution): dispatch(post, resolution.elements, in: identifier, at: now)
            }
        }
    }

    private mutating func dispatch(
        _ post: Post, _ elements: [PoolElementParameter], in identifier: PoolMessengerIdentifier, at now: MonotonicInstant
    ) {
        guard let messenger = messengers[identifier], let pool = pools[messenger.pool] else { return }
        if let wanted = post.wanted {
            guard let element = elements.first(where: { $0.identifier == wanted }), ElementPlace(element) != nil else {
                return refuse(post, .unknownElement(wanted, messenger.pool), in: identifier)
            }
            return send(post, to: [element], in: identifier, now)
        }
        if post.options.contains(.toAll) {
            if post.options.contains(.toSelf) { fulfils("asap-6.5.5-R6") }
            let own = card?.pool == messenger.pool && !post.options.contains(.toSelf) ? card?.elements.first?.identifier : nil
            fulfils("asap-6.5.5-R5")
            let all = elements.filter { $0.identifier != own && ElementPlace($0) != nil }
            guard !all.isEmpty else { return refuse(post, .noElement(messenger.pool), in: identifier) }
            return send(post, to: all, in: identifier, now)
        }
        if post.options.contains(.toLast), let last = messenger.last,
            let element = elements.first(where: { $0.identifier == last && ElementPlace($0) != nil }),
            suspicion(of: last, in: pool, at: now) == nil
        {
            fulfils("asap-6.5.5-R4")
            return send(post, to: [element], in: identifier, now)
        }
        let places = elements.indices.filter { ElementPlace(elements[$0]) != nil }
        let sound = places.filter { suspicion(of: elements[$0].identifier, in: pool, at: now) == nil }
        // A message that has failed once is not tried with those that failed before; a new one has nothing better.
        let candidates = sound.isEmpty && post.failed == nil ? places : sound
        guard let place = pools[messenger.pool]?.choice.choose(using: &randomness, where: { candidates.contains($0) })
        else { return refuse(post, .noElement(messenger.pool), in: identifier) }
        fulfils("asap-6.5.1-R5")
        fulfils("asap-6.5.2-R1")
        send(post, to: [elements[place]], in: identifier, now)
    }

    private mutating func send(
        _ post: Post, to elements: [PoolElementParameter], in identifier: PoolMessengerIdentifier, _ now: MonotonicInstant
    ) {
        guard let handling = messengers[identifier]?.handling else { return }
        let isException = post.options.handling.map { $0 != handling } ?? false
        for element in elements {
            guard let association = association(with: element, in: identifier) else { continue }
            if let streams = messengers[identifier]?.contacts[association]?.outboundStreams,
                post.message.header.stream >= streams
            {
                let undelivered = UndeliveredMessage(message: post.message, mayHaveArrived: false)
                outputs.append(.messenger(identifier, .undelivered(element.identifier, undelivered)))
                continue
            }
            if isException { messengers[identifier]?.contacts[association]?.exceptions.note(post.message) }
            outputs.append(.transport(.send(association, post.message)))
        }
        if elements.count == 1 { messengers[identifier]?.last = elements[0].identifier }
        if let post = post.identifier {
            fulfils("asap-6.5.1-R10")
            fulfils("asap-6.5.3-R5")
            outputs.append(.messenger(identifier, .posted(post, elements.map(\.identifier))))
        }
    }

    /// The association with an element, opened where there is none: what is sent meanwhile waits in the transport.
    private mutating func association(
        with element: PoolElementParameter, in identifier: PoolMessengerIdentifier
    ) -> AssociationIdentifier? {
        if let known = messengers[identifier]?.current[element.identifier] { return known }
        guard let place = ElementPlace(element), let messenger = messengers[identifier] else { return nil }
        if messenger.current.count >= Self.maximumContacts,
            let oldest = messenger.order.first(where: { association in
                messenger.contacts[association].map { messenger.current[$0.element] == association } ?? false
            }), let contact = messenger.contacts[oldest]
        {
            messengers[identifier]?.current[contact.element] = nil
            outputs.append(.transport(.shutDown(oldest)))
        }
        fulfils("asap-6.5.3-R1")
        fulfils("asap-6.5.3-R2")
        let association = numbering.next(place.channel)
        messengers[identifier]?.contacts[association] = Contact(element: element.identifier)
        messengers[identifier]?.order.append(association)
        messengers[identifier]?.current[element.identifier] = association
        messengerOfAssociation[association] = identifier
        outputs.append(.transport(.open(association, to: place.addresses)))
        return association
    }

    /// The association over which an element gets its messages; nil where there is none.
    public func association(
        with element: PoolElementIdentifier, of identifier: PoolMessengerIdentifier
    ) -> AssociationIdentifier? {
        messengers[identifier]?.current[element]
    }

    private mutating func refuse(_ post: Post, _ failure: PoolMessengerFailure, in identifier: PoolMessengerIdentifier) {
        if let post = post.identifier {
            outputs.append(.messenger(identifier, .notPosted(post, failure)))
        } else if let failed = post.failed {
            let undelivered = UndeliveredMessage(message: post.message, mayHaveArrived: true)
            outputs.append(.messenger(identifier, .undelivered(failed, undelivered)))
        }
    }

    mutating func closeMessenger(_ identifier: PoolMessengerIdentifier) {
        guard let messenger = messengers.removeValue(forKey: identifier) else { return }
        for association in messenger.order {
            messengerOfAssociation[association] = nil
            outputs.append(.transport(.shutDown(association)))
        }
        for post in messenger.waiting {
            guard let post = post.identifier else { continue }
            outputs.append(.messenger(identifier, .notPosted(post, .closed)))
        }
        pools[messenger.pool]?.request?.waiters.removeAll { $0 == .messenger(identifier) }
    }

    // MARK: What the transport tells

    mutating func receive(
        _ message: SCTPMessage, from association: AssociationIdentifier, in identifier: PoolMessengerIdentifier
    ) {
        guard let contact = messengers[identifier]?.contacts[association] else { return }
        fulfils("asap-6.6-R1")
        fulfils("asap-6.6-R2")
        outputs.append(.messenger(identifier, .message(contact.element, message)))
    }

    mutating func noticeOfContact(
        _ notification: SCTPNotification, of association: AssociationIdentifier,
        in identifier: PoolMessengerIdentifier, at now: MonotonicInstant
    ) {
        guard let messenger = messengers[identifier], let contact = messenger.contacts[association] else { return }
        switch notification {
        case .up(let details):
            messengers[identifier]?.contacts[association]?.isUp = true
            messengers[identifier]?.contacts[association]?.outboundStreams = details.outboundStreams
            pools[messenger.pool]?.suspects.removeAll { $0.identifier == contact.element }
            // What waited for the association has gone out.
            outputs.append(.messenger(identifier, .readyToSend(contact.element)))
        case .readyToSend:
            outputs.append(.messenger(identifier, .readyToSend(contact.element)))
        case .sendFailed(let undelivered):
            contactFailed(toSend: undelivered, association, contact, in: identifier)
        case .peerIsClosing:
            // New messages for the element get an association of their own.
            if messenger.current[contact.element] == association {
                messengers[identifier]?.current[contact.element] = nil
            }
        case .restarted:
            outputs.append(.transport(.abort(association)))
            contactLost(association, contact, .restarted, in: identifier, at: now)
        case .failed(let end): contactLost(association, contact, .unreachable(end), in: identifier, at: now)
        case .lost(let end): contactLost(association, contact, .lost(end), in: identifier, at: now)
        case .shutDown: contactLost(association, contact, .closed, in: identifier, at: now)
        case .path: break
        }
    }

    private mutating func contactFailed(
        toSend undelivered: UndeliveredMessage, _ association: AssociationIdentifier, _ contact: Contact,
        in identifier: PoolMessengerIdentifier
    ) {
        guard undelivered.message.header.payloadProtocol != .asap, let handling = messengers[identifier]?.handling
        else { return }
        let isException = messengers[identifier]?.contacts[association]?.exceptions.take(undelivered.message) ?? false
        if (isException ? handling.opposite : handling) == .resend {
            fulfils("asap-6.5.5-R1")
            messengers[identifier]?.contacts[association]?.handedBack.append(undelivered.message)
        } else {
            fulfils("asap-6.5.5-R2")
            fulfils("asap-6.5.5-R3")
            fulfils("asap-6.7-R1")
            fulfils("asap-6.7-R2")
            outputs.append(.messenger(identifier, .undelivered(contact.element, undelivered)))
        }
    }

    private mutating func contactLost(
        _ association: AssociationIdentifier, _ contact: Contact, _ loss: ElementLoss,
        in identifier: PoolMessengerIdentifier, at now: MonotonicInstant
    ) {
        guard let messenger = messengers[identifier] else { return }
        messengerOfAssociation[association] = nil
        messengers[identifier]?.contacts[association] = nil
        messengers[identifier]?.order.removeAll { $0 == association }
        let wasCurrent = messenger.current[contact.element] == association
        if wasCurrent { messengers[identifier]?.current[contact.element] = nil }
        // One that was closed from here, in order, and has delivered everything is no loss.
        guard wasCurrent || loss != .closed else { return }
        outputs.append(.messenger(identifier, .elementLost(contact.element, loss)))
        let isNews = suspect(contact.element, of: messenger.pool, at: now)
        if isNews, loss.isUnreachable {
            fulfils("asap-6.9-R1")
            reportUnreachable(messenger.pool, contact.element, at: now)
        }
        guard !contact.handedBack.isEmpty else { return }
        forgetAnswerWithoutSoundElements(of: messenger.pool, at: now)
        for message in contact.handedBack {
            enqueue(Post(message: message, options: .failover, failed: contact.element), in: identifier, at: now)
        }
    }
}
