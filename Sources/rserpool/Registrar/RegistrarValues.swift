import Configuration
import Foundation
import SystemPackage

/// The values that an operator has given, and where: options win over the environment, and that over the file.
struct RegistrarValues: Sendable {
    enum Source: Hashable, Sendable {
        case option
        case environment
        case file(String)
    }

    struct Value: Hashable, Sendable {
        /// One, or for a list several.
        var texts: [String]
        var source: Source
    }

    private(set) var values: [RegistrarKey: Value] = [:]

    init() {}

    /// Nothing but a profile.
    init(profile: RegistrarProfile) {
        values = [.profile: Value(texts: [profile.rawValue], source: .option)]
    }

    /// - Parameters:
    ///   - options: what the command line says; a list's values may have commas between them.
    ///   - file: the path of a YAML file; nil for none.
    /// - Throws: `ToolFailure` that names the file, variable or key that cannot be read, or is not known.
    static func read(
        options: [RegistrarKey: [String]], environment: [String: String], file: String?
    ) async throws -> RegistrarValues {
        var providers: [(provider: any ConfigProvider, source: Source)] = []
        providers.append(
            (
                InMemoryProvider(
                    name: "options",
                    values: Dictionary(
                        uniqueKeysWithValues: options.map { key, texts in
                            (AbsoluteConfigKey([key.name]), ConfigValue(.string(texts.joined(separator: ",")), isSecret: false))
                        })),
                .option
            ))
        try checkVariables(environment)
        let variables = environment.filter { $0.key.hasPrefix(RegistrarKey.variablePrefix) }
        providers.append(
            (
                InMemoryProvider(
                    name: "environment",
                    values: Dictionary(
                        uniqueKeysWithValues: RegistrarKey.allCases.compactMap { key in
                            variables[key.variable].map {
                                (AbsoluteConfigKey([key.name]), ConfigValue(.string($0), isSecret: false))
                            }
                        })),
                .environment
            ))
        if let file { providers.append((try await open(file), .file(file))) }

        var read = RegistrarValues()
        for key in RegistrarKey.allCases {
            for (provider, source) in providers where read.values[key] == nil {
                if let texts = try texts(of: key, in: provider, source), !texts.isEmpty {
                    read.values[key] = Value(texts: texts, source: source)
                }
            }
        }
        return read
    }

    private static func texts(
        of key: RegistrarKey, in provider: any ConfigProvider, _ source: Source
    ) throws -> [String]? {
        let absolute = AbsoluteConfigKey([key.name])
        var isList = false
        if case .list = key.kind { isList = true }
        // A list may stand in a file as one, or as a single value.
        if isList, case .file = source, let value = try? provider.value(forKey: absolute, type: .stringArray).value,
            case .stringArray(let texts) = value.content
        {
            return texts
        }
        do {
            guard let value = try provider.value(forKey: absolute, type: .string).value, case .string(let text) = value.content
            else { return nil }
            guard isList else { return [text] }
            return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        } catch {
            throw ToolFailure(.usage, "\(name(key, source)) cannot be read: it is \(key.allowed).")
        }
    }

    /// A variable with the prefix that is no key is a slip of the pen, and would go unnoticed otherwise.
    private static func checkVariables(_ environment: [String: String]) throws {
        let known = Set(RegistrarKey.allCases.map(\.variable))
        let unknown = environment.keys.filter { $0.hasPrefix(RegistrarKey.variablePrefix) && !known.contains($0) }.sorted()
        guard let first = unknown.first else { return }
        throw ToolFailure(
            .usage, "the environment variable \(first) is not known: --list-keys shows those that there are.")
    }

    private static func open(_ path: String) async throws -> any ConfigProvider {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ToolFailure(.inputData, "\(path) cannot be read: it has to be a file of text in UTF-8.")
        }
        let known = Set(RegistrarKey.allCases.map(\.name))
        var seen: Set<String> = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            // The keys stand at the beginnings of lines: what is within a value is indented.
            guard let first = line.first, first.isLetter, let end = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<end])
            guard known.contains(name) else {
                throw ToolFailure(
                    .usage, "\(path), line \(number + 1): '\(name)' is no key: --list-keys shows those that there are.")
            }
            guard seen.insert(name).inserted else {
                throw ToolFailure(.usage, "\(path), line \(number + 1): '\(name)' stands there a second time.")
            }
        }
        // An empty file is no mapping, though it says nothing wrong.
        if seen.isEmpty { return InMemoryProvider(name: path, values: [:]) }
        do {
            return try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch {
            throw ToolFailure(.inputData, "\(path) is not the YAML that it has to be, 'key: value' in each line: \(error)")
        }
    }

    /// A key as whoever set it knows it.
    static func name(_ key: RegistrarKey, _ source: Source?) -> String {
        switch source {
        case .option: "--\(key.name)"
        case .environment: key.variable
        case .file(let path): "'\(key.name)' in \(path)"
        case nil: "'\(key.name)'"
        }
    }

    func name(_ key: RegistrarKey) -> String { Self.name(key, values[key]?.source) }

    // MARK: Reading values

    private func refuse(_ key: RegistrarKey, _ text: String, _ allowed: String? = nil) -> ToolFailure {
        ToolFailure(.usage, "\(name(key)) is '\(text)'; it may be \(allowed ?? key.allowed).")
    }

    private func text(_ key: RegistrarKey) -> String? { values[key]?.texts.first }

    func duration(_ key: RegistrarKey) throws -> Duration? {
        guard let text = text(key) else { return nil }
        guard let seconds = Double(text), seconds.isFinite, seconds > 0, seconds <= 31_536_000 else {
            throw refuse(key, text, "\(key.allowed), above 0 and at most 31536000")
        }
        return .milliseconds(Int64((seconds * 1_000).rounded()))
    }

    func number(_ key: RegistrarKey, in range: ClosedRange<Int> = 0...1_000_000_000) throws -> Int? {
        guard let text = text(key) else { return nil }
        guard let number = Int(text.filter { $0 != "_" }), range.contains(number) else {
            throw refuse(key, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: RegistrarKey) throws -> Bool? {
        guard let text = text(key) else { return nil }
        guard let flag = Bool(text) else { throw refuse(key, text) }
        return flag
    }

    func choice<Choice: RawRepresentable<String>>(_ key: RegistrarKey, _: Choice.Type) throws -> Choice? {
        guard let text = text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw refuse(key, text) }
        return choice
    }

    func list<Item>(_ key: RegistrarKey, _ read: (String) throws -> Item) throws -> [Item]? {
        try values[key]?.texts.map { text in
            do {
                return try read(text)
            } catch {
                throw ToolFailure(.usage, "\(name(key)): \(error)")
            }
        }
    }

    func one<Item>(_ key: RegistrarKey, _ read: (String) throws -> Item) throws -> Item? {
        try list(key, read)?.first
    }
}
