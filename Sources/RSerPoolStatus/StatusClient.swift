public import SCTPTransport

/// Asks a program of this host how it stands.
public enum StatusClient {
    /// The longest line that is read, in bytes: a slice of a handlespace has less.
    public static let lineLimit = 16_777_216
    /// The most bytes of a status.
    public static let statusLimit = 2_147_483_648
    /// How long the program may say nothing, unless the caller says otherwise.
    public static let patience = Duration.seconds(10)

    /// The status of the program that listens at a path.
    /// - Parameter patience: how long it may say nothing.
    /// - Throws: `SCTPTransportError` where nobody listens there (`noRoute`), or where the answer breaks off (`endpointClosed`);
    ///   ``StatusFormatError`` where what comes is no status.
    public static func status(
        at path: String, patience: Duration = StatusClient.patience, on loop: EventLoop = .shared
    ) async throws -> StatusValue {
        let connection = try LocalConnection.open(to: path, on: loop)
        do {
            let status = try await read(from: connection, path, patience)
            await connection.close()
            return status
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func read(
        from connection: LocalConnection, _ path: String, _ patience: Duration
    ) async throws -> StatusValue {
        var document = StatusDocument()
        var line: [UInt8] = []
        var count = 0
        while !document.isComplete {
            let bytes = try await connection.read(patience: patience)
            guard !bytes.isEmpty else {
                throw SCTPTransportError(
                    .endpointClosed,
                    "the status at \(path) breaks off: the program has ended, or has too many who ask; try again")
            }
            count += bytes.count
            for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
                if part.offset > 0 {
                    document.add(try StatusValue(parsing: line))
                    line = []
                }
                line += part.element
            }
            guard line.count <= lineLimit, count <= statusLimit else {
                throw StatusFormatError(reason: "it is too long", offset: count)
            }
        }
        return document.value
    }
}
