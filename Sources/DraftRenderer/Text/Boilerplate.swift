/// The sentences that every Internet-Draft and RFC must carry: RFC 7841 §3 and the IETF Trust's Legal Provisions, word by word.
/// The one place of this repository for them.
extension TextRenderer {
    func boilerplate() {
        let rights = root["ipr"] ?? ""
        if rights.isEmpty {
            log.add(.warning, at: root.location, "<rfc> without ipr; expected one, as ipr=\"trust200902\"; that is taken")
        }
        guard rights != "none" else { return }
        if settings.isPrepared, !isDraft, let sections = root.first("front")?.first("boilerplate")?.elements("section") {
            keepsAddresses = true
            defer { keepsAddresses = false }
            for section in sections { self.section(section) }
            return
        }
        heading("Status of This Memo")
        if isDraft { draftStatus() } else { memoStatus() }
        copyright(rights)
    }

    private func draftStatus() {
        paragraph(
            "This Internet-Draft is submitted in full conformance with the provisions of BCP\u{a0}78 and BCP\u{a0}79.")
        paragraph(
            "Internet-Drafts are working documents of the Internet Engineering Task Force (IETF). Note that other groups may "
                + "also distribute working documents as Internet-Drafts. The list of current Internet-Drafts is at "
                + "\(scheme)://datatracker.ietf.org/drafts/current/.")
        paragraph(
            "Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or obsoleted "
                + "by other documents at any time. It is inappropriate to use Internet-Drafts as reference material or to cite "
                + "them other than as \"work in progress.\"")
        paragraph("This Internet-Draft will expire on \(expiry(of: date.statedDay)).")
    }

    /// Addresses are of `https` since August 2017.
    private var scheme: String { date.statedDay >= CalendarDay(year: 2017, month: 8, day: 21) ? "https" : "http" }

    private func memoStatus() {
        switch category {
        case "std": paragraph("This is an Internet Standards Track document.")
        case "bcp": paragraph("This memo documents an Internet Best Current Practice.")
        case "exp":
            paragraph(
                "This document is not an Internet Standards Track specification; it is published for examination, "
                    + "experimental implementation, and evaluation.")
        case "historic":
            paragraph(
                "This document is not an Internet Standards Track specification; it is published for the historical record.")
        default:
            paragraph(
                "This document is not an Internet Standards Track specification; it is published for informational purposes.")
        }
        var text = ""
        if category == "exp" { text += "This document defines an Experimental Protocol for the Internet community. " }
        if category == "historic" { text += "This document defines a Historic Document for the Internet community. " }
        let isStandard = stream == "IETF" && ["std", "bcp"].contains(category)
        let hasConsensus = root["consensus"].map { $0 == "true" || $0 == "yes" } ?? isStandard
        switch stream {
        case "IAB":
            text +=
                "This document is a product of the Internet Architecture Board (IAB) and represents information that the IAB has "
                + "deemed valuable to provide for permanent record."
            if hasConsensus { text += " It represents the consensus of the Internet Architecture Board (IAB)." }
            text += approval("Documents approved for publication by the IAB")
        case "IRTF":
            text +=
                "This document is a product of the Internet Research Task Force (IRTF). The IRTF publishes the results of "
                + "Internet-related research and development activities. These results might not be suitable for deployment."
            if let group = root.first("front")?.first("workgroup").map({ inline($0) }), !group.isEmpty {
                text +=
                    hasConsensus
                    ? " This RFC represents the consensus of the \(group) Research Group of the Internet Research Task Force (IRTF)."
                    : " This RFC represents the individual opinion(s) of one or more members of the \(group) Research Group of the "
                        + "Internet Research Task Force (IRTF)."
            }
            text += approval("Documents approved for publication by the IRSG")
        case "independent":
            text +=
                "This is a contribution to the RFC Series, independently of any other RFC stream. The RFC Editor has chosen to "
                + "publish this document at its discretion and makes no statement about its value for implementation or deployment."
            text += approval("Documents approved for publication by the RFC Editor")
        default:
            text += "This document is a product of the Internet Engineering Task Force (IETF)."
            if hasConsensus {
                text +=
                    " It represents the consensus of the IETF community. It has received public review and has been approved for "
                    + "publication by the Internet Engineering Steering Group (IESG)."
            } else {
                text += " It has been approved for publication by the Internet Engineering Steering Group (IESG)."
            }
            switch category {
            case "std": text += " Further information on Internet Standards is available in Section\u{a0}2 of RFC\u{a0}7841."
            case "bcp": text += " Further information on BCPs is available in Section\u{a0}2 of RFC\u{a0}7841."
            default:
                text +=
                    " Not all documents approved by the IESG are candidates for any level of Internet Standard; see "
                    + "Section\u{a0}2 of RFC\u{a0}7841."
            }
        }
        paragraph(text)
        paragraph(
            "Information about the current status of this document, any errata, and how to provide feedback on it may be obtained "
                + "at \(scheme)://www.rfc-editor.org/info/rfc\(rfcNumber ?? "").")
    }

    private func approval(_ documents: String) -> String {
        " \(documents) are not candidates for any level of Internet Standard; see Section\u{a0}2 of RFC\u{a0}7841."
    }

    private func copyright(_ rights: String) {
        let day = date.statedDay
        guard day >= CalendarDay(year: 2009, month: 2, day: 15) else {
            log.add(
                .warning, at: root.location, "no copyright notice: the Legal Provisions know of none before 2009-02-15")
            return
        }
        heading("Copyright Notice")
        paragraph(
            "Copyright (c) \(day.year) IETF Trust and the persons identified as the document authors. All rights reserved.")
        let address = "\(scheme)://trustee.ietf.org/license-info"
        var text =
            "This document is subject to BCP\u{a0}78 and the IETF Trust's Legal Provisions Relating to IETF Documents "
        if day < CalendarDay(year: 2009, month: 9, day: 12) {
            text +=
                "in effect on the date of publication of this document (\(address)). Please review these documents carefully, as "
                + "they describe your rights and restrictions with respect to this document."
        } else {
            text +=
                "(\(address)) in effect on the date of publication of this document. Please review these documents carefully, as "
                + "they describe your rights and restrictions with respect to this document."
            if stream == "IETF" {
                let license = day >= CalendarDay(year: 2009, month: 12, day: 28) ? "Revised BSD License" : "BSD License"
                text +=
                    " Code Components extracted from this document must include \(license) text as described in Section\u{a0}4.e "
                    + "of the Trust Legal Provisions and are provided without warranty as described in the \(license)."
            }
        }
        paragraph(text)
        if rights.hasPrefix("noModification") {
            paragraph(
                "This document may not be modified, and derivative works of it may not be created, except to format it for "
                    + "publication as an RFC or to translate it into languages other than English.")
        } else if rights.hasPrefix("noDerivatives") {
            paragraph(
                "This document may not be modified, and derivative works of it may not be created, and it may not be published "
                    + "except as an Internet-Draft.")
        } else if rights.hasPrefix("pre5378") {
            paragraph(
                "This document may contain material from IETF Documents or IETF Contributions published or made publicly "
                    + "available before November 10, 2008. The person(s) controlling the copyright in some of this material may "
                    + "not have granted the IETF Trust the right to allow modifications of such material outside the IETF "
                    + "Standards Process. Without obtaining an adequate license from the person(s) controlling the copyright in "
                    + "such materials, this document may not be modified outside the IETF Standards Process, and derivative works "
                    + "of it may not be created outside the IETF Standards Process, except to format it for publication as an RFC "
                    + "or to translate it into languages other than English.")
        }
    }
}
