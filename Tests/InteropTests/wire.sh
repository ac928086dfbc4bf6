# What tshark saw in a scenario's capture, $work/packets.pcapng. Sourced by bash after checks.sh.

# ASAP's message types by number (RFC 5352 §2.1).
asap_names=(- Registration Deregistration "Registration Response" "Deregistration Response" "Handle Resolution"
    "Handle Resolution Response" "Endpoint Keep-Alive" "Endpoint Keep-Alive Acknowledgement" "Endpoint Unreachable"
    "Server Announce" Cookie "Cookie Echo" "Business Card" Error)

# frames FILTER [FIELD]   Prints that field, or the number, of each frame that the display filter takes.
frames() {
    tshark -r "$work/packets.pcapng" -Y "$1" -T fields -e "${2:-frame.number}" 2>/dev/null
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

# counts   Prints how many messages of each type the capture has, as "3 Registration, 1 Cookie".
counts() {
    local count type text=
    while read -r count type; do
        text+="${text:+, }$count ${asap_names[type]:-type $type}"
    done < <(frames asap asap.message_type | tr ',' '\n' | sort -n | uniq -c)
    echo "$text"
}

# has_types NUMBER…   The capture has messages of all these types.
has_types() {
    local seen number missing=
    seen=$(frames asap asap.message_type | tr ',' '\n' | sort -un)
    for number in "$@"; do
        grep -qx "$number" <<<"$seen" || missing+=" ${asap_names[number]}"
    done
    [[ -z $missing ]] || {
        echo "missing:$missing"
        return 1
    }
}
