import RSerPoolParameters
import RequirementTesting
import Testing

/// RFC 5354 §3.8
struct MemberSelectionPolicyTests {
    @Test func bytes() throws {
        try expectGolden(PolicyParameter(type: PolicyType(rawValue: 1)), hex("0008 0008 00000001"))
        try expectGolden(
            PolicyParameter(type: PolicyType(rawValue: 0x4000_0001), data: [0x80, 0, 0, 0]),
            hex("0008 000c 40000001 80000000"))
        try expectGolden(
            PolicyParameter(type: PolicyType(rawValue: 0xb000_2002), data: PolicyData(words: 1, 2, 3)),
            hex("0008 0014 b0002002 00000001 00000002 00000003"))
    }

    /// Each count of bytes up to past where they leave the value and get memory of their own.
    @Test(.requirement("parameters-3.8-R1")) func dataOfAnyLength() throws {
        for count in 0...40 {
            let data = (0..<count).map { UInt8($0 + 1) }
            let padding = [UInt8](repeating: 0, count: -count & 3)
            try expectGolden(
                PolicyParameter(type: PolicyType(rawValue: 7), data: PolicyData(data)),
                [0, 8, 0, UInt8(8 + count), 0, 0, 0, 7] + data + padding)
        }
    }

    @Test func shorterValuesAreRefused() {
        expectCut(PolicyParameter.self, hex("0008 0008 00000001"), at: 4...7, .wrongLength, offset: 4)
    }
}

struct PolicyDataTests {
    @Test func isTheBytesItWasMadeOf() {
        for count in 0...40 {
            let bytes = (0..<count).map { UInt8(255 - $0) }
            let data = PolicyData(bytes)
            #expect([UInt8](data) == bytes)
            #expect(data.count == count)
            #expect(data.indices.map { data[$0] } == bytes)
        }
    }

    @Test func equalBytesAreEqualHoweverMade() {
        for count in 0...6 {
            let words = (0..<count).map { UInt32($0) &* 0x0102_0304 &+ 0x8000_0000 }
            let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
            let made: PolicyData =
                switch count {
                case 0: PolicyData()
                case 1: PolicyData(words: words[0])
                case 2: PolicyData(words: words[0], words[1])
                case 3: PolicyData(words: words[0], words[1], words[2])
                case 4: PolicyData(words: words[0], words[1], words[2], words[3])
                case 5: PolicyData(words: words[0], words[1], words[2], words[3], words[4])
                default: PolicyData(words: words[0], words[1], words[2], words[3], words[4], words[5])
                }
            #expect(made == PolicyData(bytes))
            #expect(Set([made]).contains(PolicyData(bytes)))
            for index in -1...count {
                #expect(made.word(at: index) == (words.indices.contains(index) ? words[index] : nil))
            }
        }
    }

    @Test func zeroBytesOfAnotherCountDiffer() {
        #expect(PolicyData([0]) != PolicyData([0, 0]))
        #expect(PolicyData([0]) != PolicyData())
    }

    @Test func anUnfinishedWordIsNone() {
        let data = PolicyData([1, 2, 3, 4, 5, 6, 7])
        #expect(data.word(at: 0) == 0x0102_0304)
        #expect(data.word(at: 1) == nil)
    }
}
