# RFC 2741: several processes share the tables; the agent restarts, processes die and come back.
indexes() { table "$1" | awk -v c="$1.1.$2." 'index($1, c) == 1 { print substr($1, length(c) + 1) }' | sort -n | paste -sd ' '; }
check "every process has a row of its own" equal 5 "$(indexes 1.2.1 4 | wc -w)"
walked() { # A walk names each variable once and in order.
    watch_walk | joined | grep -v 'No more variables' | cut -d ' ' -f 1 >"$work/walk"
    [[ $(wc -l <"$work/walk") -gt 200 ]] || { echo "only $(wc -l <"$work/walk") variables" && return 1; }
    ! diff <(sort -V "$work/walk") "$work/walk" | head -n 2 | paste -sd ' ' | grep . || return 1
    [[ $(sort "$work/walk" | uniq -d | wc -l) -eq 0 ]] || { echo "a variable is there twice" && return 1; }
}
check "a walk goes through all variables once, in order" walked
snmpwalk "${watcher[@]}" "${plain[@]}" "$agent" "$module" | joined | grep -v 'No more variables' | cut -d ' ' -f 1 >"$work/snmpwalk"
check "snmpwalk and snmpbulkwalk see the same names" same "$work/walk" "$work/snmpwalk"
kill_hard b
check "the rows of a killed element vanish" within 10 has_rows 1.2.1 4 4
start_element b 12 Echo round-robin
check "they are back when it is" within 30 has_rows 1.2.1 4 5
former=$(indexes 1.2.1 4)
kill_hard agent
for name in one two a b c d e user; do check "$name notices that the agent is gone" within 10 reported "$name" agent-lost; done
check "the session goes on meanwhile" is_running user
start_agent
need "the agent is there again" within 10 is_answering
check "all elements are managed again" within 60 has_rows 1.2.1 4 5
check "all registrars are" within 60 has_rows 1.1.1 3 2
check "their peers are" within 60 has_rows 1.1.8 2 2
check "the user is" within 60 has_rows 1.3.1 3 1
check "the elements' rows have the indexes that they had before" equal "$former" "$(indexes 1.2.1 4)"
stop e
check "an element that ends in order takes its rows along" within 10 has_rows 1.2.1 4 4
kill_hard two
check "a killed registrar's rows vanish, and the other's row for it once it is given up" within 60 has_rows 1.1.1 3 1

threads() { cat "/proc/${process_of[$1]}/task"/*/comm | grep -c '^agentx$'; }
start plain "$rserpool" registrar --listen "$net.60" --transport userland --timing fast --log-format json
need "a registrar starts without --agentx" within 20 reported plain listening
check "it has no thread for an SNMP agent" equal 0 "$(threads plain)"
check "one with --agentx has one" equal 1 "$(threads one)"
