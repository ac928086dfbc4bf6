# What tshark saw in a scenario's capture, $work/packets.pcapng. Sourced by bash after checks.sh.

# ASAP's message types by number (RFC 5352 §2.1).
asap_names=(- Registration Deregistration "Registration Response" "Deregistration Response" "Handle Resolution"
    "Handle Resolution Response" "Endpoint Keep-Alive" "Endpoint Keep-Alive Acknowledgement" "Endpoint Unreachable"
    "Server Announce" Cookie "Cookie Echo" "Business Card" Error)

# What sessions carry is no protocol that tshark knows. Where a session's port, which the system chose, happens to be another protocol's
# over SCTP (38412 is one), or its data look like another's, tshark would call it that protocol's and malformed: it is told to know none.
mapfile -t foreign < <({
    tshark -G decodes 2>/dev/null | awk -F '\t' '$1 == "sctp.port" { print $3 }'
    tshark -G heuristic-decodes 2>/dev/null | awk -F '\t' '$1 == "sctp" { print $2 }'
} | sort -u | grep -vxE 'asap|enrp' | sed 's/^/--disable-protocol=/')

# packets OPTION…   Runs tshark over the capture.
packets() {
    tshark -r "$work/packets.pcapng" "${foreign[@]}" "$@" 2>/dev/null
}

# frames FILTER [FIELD]   Prints that field, or the number, of each frame that the display filter takes.
frames() {
    packets -Y "$1" -T fields -e "${2:-frame.number}"
}

# first FILTER FIELD   Prints that field of the first such frame.
first() {
    frames "$1" "$2" | head -n 1
}

# no_frame FILTER   No frame is as the filter says.
no_frame() {
    local found
    found=$(frames "$1") || {
        echo "tshark cannot read $work/packets.pcapng, or cannot apply $1"
        return 1
    }
    [[ -z $found ]] || {
        echo "frames $(tr '\n' ' ' <<<"$found" | head -c 100)of $work/packets.pcapng"
        return 1
    }
}

# a_frame FILTER   Some frame is as the filter says.
a_frame() {
    [[ -n $(frames "$1") ]] || {
        echo "no frame of $work/packets.pcapng has $1"
        return 1
    }
}

# index   Reads the capture once for the checks that all scenarios have: lines of frame, malformed, severity, ASAP types, payload protocol
# identifiers, unordered bits, streams, ENRP types.
index() {
    packets -Y 'asap || enrp || _ws.malformed' -T fields -e frame.number -e _ws.malformed -e _ws.expert.severity \
        -e asap.message_type -e sctp.data_payload_proto_id -e sctp.data_u_bit -e sctp.data_sid -e enrp.message_type \
        >"$work/index.tsv"
}

# Severities are flag masks: 0x600000 is a warning, 0x800000 an error.
nothing_malformed() {
    awk -F '\t' '
        $2 != "" { bad = bad " " $1 }
        { n = split($3, severity, ","); for (i = 1; i <= n; i++) if (severity[i] + 0 >= 6291456) bad = bad " " $1 }
        END { if (bad != "") { print "frames" bad; exit 1 } }' "$work/index.tsv"
}

# Each ASAP message of the index's packets is in a chunk under identifier 11, ordered, on stream 0.
all_in_order() {
    awk -F '\t' '
        $4 != "" && $5 != "" {
            chunks = split($5, identifier, ","); split($6, unordered, ","); split($7, stream, ",")
            asap = 0
            for (i = 1; i <= chunks; i++)
                if (identifier[i] == 11) {
                    asap++
                    if (unordered[i] != 0 || stream[i] != "0x0000") bad = bad " " $1
                }
            if (!asap) bad = bad " " $1
            seen++
        }
        END { if (bad != "") { print "frames" bad; exit 1 } if (!seen) { print "there are none"; exit 1 } }' "$work/index.tsv"
}

# types COLUMN   The message types in that column of the index, one a line.
types() {
    cut -f "$1" "$work/index.tsv" | tr ',' '\n' | grep -v '^$' | sort -n
}

# found_by_decode   `rserpool decode`, RSERPOOL being the program, finds as many messages of each type as the index has.
found_by_decode() {
    local seen found
    seen=$(types 4 | sed 's/^/ASAP /'; types 8 | sed 's/^/ENRP /')
    found=$("$RSERPOOL" decode --json "$work/packets.pcapng" 2>/dev/null |
        sed -n 's/.*"protocol":"\([A-Z]*\)".*"type":\([0-9]*\)}$/\1 \2/p' | sort -k 1,1 -k 2,2n)
    [[ $found == "$seen" ]] || {
        echo "tshark and rserpool decode differ: $(diff <(uniq -c <<<"$seen") <(uniq -c <<<"$found") | head -5 | tr '\n' ' ')"
        return 1
    }
}

# counts   Prints how many messages of each ASAP type the capture has, as "3 Registration, 1 Cookie".
counts() {
    local count type text=
    while read -r count type; do
        text+="${text:+, }$count ${asap_names[type]:-type $type}"
    done < <(types 4 | uniq -c)
    echo "$text"
}

# has_types NUMBER…   The capture has ASAP messages of all these types.
has_types() {
    local seen number missing=
    seen=$(types 4 | uniq)
    for number in "$@"; do
        grep -qx "$number" <<<"$seen" || missing+=" ${asap_names[number]}"
    done
    [[ -z $missing ]] || {
        echo "missing:$missing"
        return 1
    }
}
