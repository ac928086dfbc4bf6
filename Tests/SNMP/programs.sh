# The registrars, elements and the user of scripts/snmp. Sourced by bash.

# Addresses of the loopback network that are this run's own.
net=127.$((RANDOM % 120 + 100)).$((RANDOM % 250 + 1))
# The third number is one that no host of the group uses.
group=239.${net#127.}.200
common=(--transport userland --timing fast --agentx "unix:$socket" --log-format json --log-level debug)

start_registrar() { # start_registrar NAME NUMBER PEER OPTION…
    local name=$1 number=$2 peer=$3
    shift 3
    start "$name" "$rserpool" registrar --listen "$net.$number" --peer "$net.$peer" "${common[@]}" \
        --status "$run/$name.status" --keep-alive-interval 1 --description "registrar $name" --operation-scope campus \
        --settings-file "$run/$name.settings" "$@"
}

start_element() { # start_element NAME NUMBER POOL POLICY OPTION…
    local name=$1 number=$2 pool=$3 policy=$4
    shift 4
    start "$name" "$rserpool" element --registrar "$net.1" --local "$net.$number" --pool "$pool" --policy "$policy" \
        --identifier "$number" "${common[@]}" --status "$run/$name.status" --description "element $name" --operation-scope campus \
        --settings-file "$run/$name.settings" "$@"
}

start_user() {
    start user "$rserpool" user --pool Echo --registrar "$net.1" --local "$net.50" "${common[@]}" \
        --status "$run/user.status" --description "the user" --operation-scope campus --settings-file "$run/user.settings"
}

start_registrars() {
    start_registrar one 1 2 --announce "$group:4000" --announce-peers "$group:9901"
    start_registrar two 2 1
}
registrars_started() { reported one agent-found && reported two agent-found; }

start_elements() {
    start_element a 11 Echo round-robin
    start_element b 12 Echo round-robin --life 60
    start_element c 13 Weighted weighted-round-robin:weight=3
    start_element d 14 Loaded least-used-degradation:load=25%,degradation=5%
    start_element e 15 Stream random --serve-over tcp
}
elements_registered() { for name in a b c d e; do reported "$name" registered || return 1; done; }

# All columns that come late: an element's home is known by its first keep-alive, and registrars tell each other.
all_have_rows() {
    has_rows 1.1.1 3 2 && has_rows 1.2.1 4 5 && has_rows 1.3.1 3 1 && has_rows 1.1.8 2 2 && has_rows 1.2.1 17 5 && has_rows 1.1.4 13 10
}

# has_rows NUMBERS COLUMN COUNT   So many rows of the table have that column.
has_rows() {
    local count
    count=$(table "$1" | grep -c "^${1//./\\.}\.1\.$2\.")
    [[ $count == "$3" ]] || { echo "table $1 has $count rows, not $3" && return 1; }
}

status_of() { "$rserpool" status "$run/$1.status" --json; }

# expected NAME TABLE INDEX   What a program's status has for a table, as `table` shows it.
expected() { status_of "$1" | jq -r --arg table "$2" --arg index "$3" --argjson peers "${4:-{\}}" -f Tests/SNMP/columns.jq; }

number_of() { status_of "$1" | jq -r '.identifier' | { read -r text && printf '%u' "$text"; }; }
