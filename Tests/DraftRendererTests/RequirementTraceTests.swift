import Testing

@testable import DraftRenderer

@Suite("Tracing of requirements")
struct RequirementTraceTests {
    static let document = """
        <rfc><middle><section anchor="a">
        <t anchor="garden-1-R1">Beds <bcp14>MUST</bcp14> be watered
          daily.</t>
        <ul><li anchor="garden-1-R2">Snails <bcp14>SHALL NOT</bcp14> be fed.</li></ul>
        <t anchor="garden-1.2-R1">Roses <bcp14>MAY</bcp14> climb.</t>
        <t>Nothing <bcp14>MUST</bcp14> be read here.</t>
        </section></middle></rfc>
        """

    func trace(
        _ documents: [String] = [document], code: String = "", tests: String = "", exceptions: String = "",
        unfinished: Set<String> = ["garden"]
    ) -> RequirementTrace {
        RequirementTrace(
            .init(
                documents: documents.enumerated().map { TracedFile(path: "\($0.offset).xml", bytes: Array($0.element.utf8)) },
                code: [TracedFile(path: "Sources/Garden/Bed.swift", bytes: Array(code.utf8))],
                tests: [TracedFile(path: "Tests/GardenTests/BedTests.swift", bytes: Array(tests.utf8))],
                exceptions: TracedFile(path: "exceptions.txt", bytes: Array(exceptions.utf8))),
            unfinished: unfinished)
    }

    @Test func requirementsAreAnchoredElements() {
        let entries = trace().entries
        #expect(entries.map(\.requirement.identifier.description) == ["garden-1-R1", "garden-1-R2", "garden-1.2-R1"])
        #expect(entries.map(\.requirement.level) == [.must, .mustNot, .may])
        #expect(entries.map(\.requirement.identifier.section) == ["1", "1", "1.2"])
        #expect(entries[0].requirement.text == "Beds MUST be watered daily.")
        #expect(entries.allSatisfy { $0.status == .open })
        #expect(trace().messages.isEmpty)
    }

    @Test(arguments: ["garden-1-R1", "garden-3.1-R2.2", "garden-a.1-R10", "garden-x1-R1"])
    func identifiersHaveThreeParts(_ text: String) {
        #expect(RequirementIdentifier(text)?.description == text)
    }

    @Test(arguments: ["garden-1-1", "garden-1", "Garden-1-R1", "-1-R1", "garden--R1", "garden-1-R", "garden-1.-R1", "a-b-1-R1"])
    func othersAreNone(_ text: String) {
        #expect(RequirementIdentifier(text) == nil)
    }

    @Test(arguments: [
        ("MUST", RequirementLevel.must), ("REQUIRED", .must), ("SHALL", .must), ("MUST NOT", .mustNot), ("SHALL NOT", .mustNot),
        ("SHOULD", .should), ("RECOMMENDED", .should), ("SHOULD NOT", .shouldNot), ("NOT RECOMMENDED", .shouldNot),
        ("MAY", .may),
        ("OPTIONAL", .may),
    ])
    func levelsAreThoseOfBCP14(_ keyword: String, _ level: RequirementLevel) {
        #expect(RequirementLevel(keyword: keyword) == level)
    }

    @Test func aRequirementIsProvenByAMarkAndATest() {
        let trace = trace(
            code: "func water() {\n    fulfils(\"garden-1-R1\")\n}\n",
            tests: "struct BedTests { @Test(.requirement(\"garden-1-R1\")) func waters() {} }")
        #expect(trace.messages.isEmpty)
        #expect(trace.entries[0].status == .proven)
        #expect(trace.entries[0].marks == ["Sources/Garden/Bed.swift"])
        #expect(trace.entries[0].proofs == ["GardenTests.BedTests/waters"])
        #expect(trace.entries[1].status == .open)
        #expect(trace.proofs(of: ["garden"]) == ["GardenTests.BedTests/waters"])
        #expect(trace.proofs(of: ["orchard"]).isEmpty)
    }

    @Test func aClaimWithoutAMarkIsAnError() {
        let trace = trace(tests: "@Test(.requirement(\"garden-1-R1\"))\nfunc waters() {}")
        #expect(trace.entries[0].status == .open)
        #expect(
            trace.messages.map(\.description) == [
                "Tests/GardenTests/BedTests.swift:1:0: error: garden-1-R1 is claimed, and no code is marked with it"
            ])
    }

    @Test func anUnknownIdentifierIsAnErrorWhereverItStands() {
        let trace = trace(
            code: "\nfulfils(\"garden-9-R1\")", tests: "@Test(.requirement(\"garden-9-R2\")) func waters() {}",
            exceptions: "# none\n\ngarden-9-R3: for the gardener\n")
        #expect(
            trace.messages.map(\.description) == [
                "Sources/Garden/Bed.swift:2:0: error: no document has the requirement garden-9-R1",
                "Tests/GardenTests/BedTests.swift:1:0: error: no document has the requirement garden-9-R2",
                "exceptions.txt:3:0: error: no document has the requirement garden-9-R3",
            ])
    }

    @Test(arguments: [
        ("<t anchor=\"garden-1-R1\"/>", "has no text"),
        ("<t anchor=\"garden-1-R1\"><bcp14>MUST</bcp14></t>", "has no text"),
        ("<t anchor=\"garden-1-R1\">Beds must be watered.</t>", "keywords: none"),
        ("<t anchor=\"garden-1-R1\">It <bcp14>MUST</bcp14> and <bcp14>MAY</bcp14>.</t>", "keywords: MUST, MAY"),
        ("<t anchor=\"garden-1-R1\">It <bcp14>WILL</bcp14>.</t>", "keywords: WILL"),
    ])
    func aRequirementHasTextAndOneKeyword(_ element: String, _ text: String) {
        let trace = trace(["<rfc>\(element)</rfc>"])
        #expect(trace.entries.isEmpty)
        #expect(trace.messages.count == 1)
        #expect(trace.messages.first?.text.contains(text) == true, "\(trace.messages)")
    }

    @Test func anIdentifierStandsOnceAndInTheDocumentOfItsSpecification() {
        let doubled = trace([Self.document, Self.document])
        #expect(doubled.messages.count == 3)
        #expect(doubled.messages.first?.text.contains("garden-1-R1 stands at 0.xml:2:") == true)
        let mixed = trace([
            "<rfc><t anchor=\"a-1-R1\">x <bcp14>MAY</bcp14></t><t anchor=\"b-1-R1\">y <bcp14>MAY</bcp14></t></rfc>"
        ])
        #expect(
            mixed.messages.map(\.text) == [
                "b-1-R1 is of another specification than a-1-R1; expected those of one in a document"
            ])
    }

    @Test func whatIsBindingTakesAProofOrAnException() {
        let open = trace(exceptions: "garden-1-R2: nobody here\n    feeds snails\n", unfinished: [])
        #expect(open.messages.map(\.text) == ["garden-1-R1, a MUST, has neither a proof nor an exception"])
        #expect(open.messages.first?.location.line == 2)
        #expect(open.entries[1].exception == "nobody here feeds snails")
        #expect(open.entries[1].status == .excepted)
    }

    @Test(arguments: [
        ("garden-1-R1 garden-1-R2: both", []),
        ("garden-1-R1\n", ["an exception has identifiers, a colon and a reason"]),
        ("garden-1-R1:\n", ["an exception has identifiers, a colon and a reason"]),
        (": why\n", ["an exception has identifiers, a colon and a reason"]),
        ("garden-1-R1: a\ngarden-1-R1: b\n", ["garden-1-R1 is excepted twice"]),
    ])
    func exceptionsHaveReasons(_ text: String, _ messages: [String]) {
        #expect(trace(exceptions: text).messages.map(\.text) == messages)
    }

    @Test func whatIsProvenIsNoException() {
        let trace = trace(
            code: "fulfils(\"garden-1-R1\")", tests: "@Test(.requirement(\"garden-1-R1\")) func waters() {}",
            exceptions: "garden-1-R1: too hard")
        #expect(trace.messages.map(\.text) == ["garden-1-R1 is excepted and proven; expected one of both"])
    }
}
