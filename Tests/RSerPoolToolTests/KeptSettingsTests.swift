import Foundation
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import Testing

@testable import rserpool

@Suite("What managers set is kept for the next start (RFC 5525 §5.4)")
struct KeptSettingsTests {
    private func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
    }

    @Test("Written settings are read again", .requirement("mib-5-R3", "mib-5-R4"))
    func roundTrip() throws {
        let path = path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try KeptSettings.read(path) == KeptSettings())
        var settings = KeptSettings()
        settings.pool = KeptSettings.text([0xff, 0x00])
        settings.description = "rack 7"
        settings.policy = PolicyText.description(.leastUsed(load: Load(rawValue: 3)))
        settings.registrationLife = -1
        try settings.write(path)
        let read = try KeptSettings.read(path)
        #expect(read == settings)
        #expect(read.poolHandle == PoolHandle([0xff, 0x00]) && read.descriptionBytes == Array("rack 7".utf8))
        #expect(try read.elementPolicy() == .leastUsed(load: Load(rawValue: 3)))
    }

    @Test(
        "Bytes are text where they can be, else hexadecimal, and come back as they were",
        arguments: [
            ([], ""), (Array("Echo".utf8), "Echo"), ([0x80], "0x80"), (Array("0x80".utf8), "0x30783830"),
            ([0x0f, 0xa0, 0xff], "0x0fa0ff"),
            (Array("ä".utf8), "ä"),
        ] as [([UInt8], String)])
    func octets(bytes: [UInt8], text: String) {
        #expect(KeptSettings.text(bytes) == text)
        #expect(KeptSettings.bytes(text) == bytes)
    }

    @Test(
        "A file that cannot be used is named, with the reason",
        arguments: [
            ("{", "no JSON"), (#"{"policy": "fastest"}"#, "no policy"), (#"{"registrationLife": 0}"#, "registrationLife"),
            (#"{"registrationLife": -2}"#, "registrationLife"), (#"{"pool": ""}"#, "pool"), (#"{"pool": 7}"#, "no JSON"),
        ])
    func unusable(content: String, reason: String) throws {
        let path = path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let failure = #expect(throws: ToolFailure.self) { try KeptSettings.read(path) }
        #expect(failure?.status == .usage)
        #expect(failure?.description.contains(path) == true && failure?.description.contains(reason) == true)
    }
}
