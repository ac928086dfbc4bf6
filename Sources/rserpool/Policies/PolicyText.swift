import ArgumentParser
import PoolPolicies
import RSerPoolParameters

/// Policies as they are written: on the command line, in log lines, in tables. What is printed can be given as `--policy` again,
/// and means the same to the last bit.
enum PolicyText {
    /// `least-used` for a policy's number; the number where it is not known.
    static func name(_ type: PolicyType) -> String {
        PolicyForm.form(of: type)?.name ?? "\(type)"
    }

    /// `least-used:load=37.5%`.
    static func description(_ parameter: PolicyParameter) -> String {
        guard let form = PolicyForm.form(of: parameter.type) else {
            return parameter.data.isEmpty ? "\(parameter.type)" : "\(parameter.type):\(parameter.data)"
        }
        guard (try? PolicyRegistry.check(parameter)) != nil else { return "\(form.name):malformed \(parameter.data)" }
        let values = form.fields.enumerated().map { index, field in
            "\(field.name)=\(field.unit.text(of: parameter.data.word(at: index) ?? 0))"
        }
        return values.isEmpty ? form.name : form.name + ":" + values.joined(separator: ",")
    }

    /// Reads what ``description(_:)`` writes, and what people write: values that are left out have their defaults, the first one
    /// needs no name, and a policy is also known by the name that its specification gives it and by its abbreviation.
    /// - Throws: `ValidationError` that says what is allowed instead.
    static func parameter(_ text: String) throws -> PolicyParameter {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let form = PolicyForm.form(named: String(parts[0])) else {
            throw ValidationError(
                "'\(parts[0])' is no policy; these are: " + PolicyForm.all.map(\.pattern).joined(separator: " "))
        }
        var words: [UInt32?] = form.fields.map { _ in nil }
        for (index, setting) in (parts.count > 1 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : [])
            .enumerated()
        {
            let sides = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = sides.count == 2 ? String(sides[0]) : (index == 0 ? form.fields.first?.name ?? "" : String(setting))
            guard let place = form.fields.firstIndex(where: { $0.name == name }), sides.count == 2 || index == 0 else {
                throw ValidationError("'\(setting)' is no value of \(form.name); write \(form.pattern).")
            }
            guard words[place] == nil else { throw ValidationError("\(name) is given twice.") }
            words[place] = try form.fields[place].unit.word(of: String(sides[sides.count - 1]), for: name)
        }
        return PolicyParameter(
            type: form.type,
            data: PolicyData(zip(words, form.fields).flatMap { ($0 ?? $1.standard).networkOrder }))
    }

    /// The same policy with another load, in 0…1; nil where it has none.
    static func replacingLoad(of parameter: PolicyParameter, by load: Double) -> PolicyParameter? {
        parameter.setting(.load, to: Load(fraction: load).rawValue)
    }

    /// One line a policy, for help texts: name, abbreviation, values.
    static var table: String {
        let names = PolicyForm.all.map { "\($0.name) (\($0.abbreviation))" }
        let width = names.map(\.count).max() ?? 0
        let lines = zip(names, PolicyForm.all).map { name, form in
            let values = form.fields.map(\.name).joined(separator: ",")
            return "  " + Text.trimmingTrailingSpaces(Text.padded(name, to: width + 2) + values)
        }
        return lines.joined(separator: "\n")
    }
}
