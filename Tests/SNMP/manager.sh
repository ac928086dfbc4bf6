# The SNMP agent and the manager of scripts/snmp. Sourced by bash.

module=.1.3.6.1.3.125
agent=127.0.0.1:$((RANDOM % 10000 + 20000))
socket=$run/agentx

# The base modules come with Debian's erlang-snmp, whose file names neither smilint nor net-snmp would find them under.
mibs=$run/mibs
mkdir -p "$mibs"
for name in SNMPv2-SMI SNMPv2-TC SNMPv2-CONF INET-ADDRESS-MIB SNMP-FRAMEWORK-MIB; do
    cp /usr/lib/erlang/lib/snmp-*/mibs/$name.mib "$mibs/$name"
done
cp Sources/RSerPoolMIB/MIB/RSERPOOL-MIB.txt "$mibs/RSERPOOL-MIB"

# start_agent [NAME SOCKET [LINE]]   An SNMP agent at $agent, which takes subagents at a socket; with a further line of configuration.
start_agent() {
    local name=${1:-agent} socket=${2:-$socket}
    cat >"$run/$name.conf" <<CONFIGURATION
${3:-}
agentAddress udp:$agent
master agentx
agentXSocket unix:$socket
agentXTimeout 10
sysName a host with pools
createUser watcher SHA-256 "watcher's password" AES "watcher's secret"
createUser keeper SHA-256 "keeper's password" AES "keeper's secret"
view pools included $module
view written included $module.1.1.1.1.4
view written included $module.1.2.1.1
view written included $module.1.3.1.1
rouser watcher authPriv -V pools
access keepers "" usm authPriv exact pools written none
group keepers usm keeper
# For the one question whether it is refused all the same
rouser watcher2 auth -V pools
CONFIGURATION
    # Without the private directory it would write into the system's.
    SNMP_PERSISTENT_DIR=$run/persistent-$name MIBS='' start "$name" snmpd -f -C -c "$run/$name.conf" -Lo -p "$run/$name.pid"
}

is_answering() { watch_get $module.1.1.1.1.3.1; }

watcher=(-v 3 -l authPriv -u watcher -a SHA-256 -A "watcher's password" -x AES -X "watcher's secret" -t 5 -r 1)
keeper=(-v 3 -l authPriv -u keeper -a SHA-256 -A "keeper's password" -x AES -X "keeper's secret" -t 5 -r 1)
# Numbers only: names without text, values without units, bytes in hexadecimal.
plain=(-m '' -M "$mibs" -On -Oq -Ot -Ox -Oe)
named=(-m RSERPOOL-MIB -M "$mibs")
export SNMP_PERSISTENT_DIR=$run/manager

# Long values go over several lines.
joined() { awk '/^\.1\./ && NR > 1 { print line; line = "" } { line = line $0 } END { print line }'; }
watch_get() { snmpget "${watcher[@]}" "${plain[@]}" "$agent" "$@"; }
watch_walk() { snmpbulkwalk "${watcher[@]}" "${plain[@]}" -Cr100 "$agent" "${1:-$module}"; }
keep_set() { snmpset "${keeper[@]}" "${plain[@]}" "$agent" "$@"; }

# table NUMBERS   The table of that entry (1.1.4 stands for 1.1.4.1), a line a variable: "1.1.4.1.2.1.1.1 value", bytes as "45636f".
table() {
    watch_walk "$module.$1.1" | joined | grep -vE 'No Such|No more variables' | sed -E "s/^${module//./\\.}\.//; /\"/{s/\"([0-9A-F ]*)\"/\1/;:a;s/^([^ ]+ [0-9A-F]*) +/\1/;ta}" | tr -d '\r'
}

# row NUMBERS COLUMN VALUE   The index of the row whose column has that value.
row() { table "$1" | awk -v column="$1.1.$2." -v value="$3" 'index($1, column) == 1 && $2 == value { print substr($1, length(column) + 1) }' | head -n 1; }

# one OID   The value of one variable.
one() { watch_get "$module.$1" | joined | sed -E 's/^[^ ]+ //; s/^"(.*) "$/\1/; s/"//g; /^([0-9A-F]{2} ?)+$/s/ //g'; }

# without COLUMN…   Filters a table's lines: all but those of these columns, such as 1.1.4.1.3.
without() {
    local pattern
    pattern=$(printf '^%s\\.|' "${@//./\\.}")
    grep -vE "${pattern%|}"
}

bytes() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; }

# same FILE FILE   Two tables are equal; says the first difference.
same() {
    [[ -s $1 ]] || { echo "nothing is expected" && return 1; }
    diff <(sort "$1") <(sort "$2") >"$work/difference" || { head -n 6 "$work/difference" | paste -sd ' ' && return 1; }
}
