# RFC 3416 §4.2.1: what does not fit into an SNMP message is refused as tooBig: it is not cut short, and nothing else suffers by it.
long=$(printf 'pool-%.0s' {1..200})
index=$(table 1.3.1 | awk 'index($1, "1.3.1.1.3.") == 1 { print substr($1, 11) }')
handle=1.3.1.1.3.$index
before=$(one "$handle")
too_big() { # too_big OID…   The agent tells that, and no value.
    local answer
    # Without -Cf the command would ask again for less.
    ! answer=$(snmpget "${watcher[@]}" "${plain[@]}" -Cf "$agent" "$@" 2>&1) || { echo "it was answered" && return 1; }
    grep -q tooBig <<<"$answer" || { tr '\n' ' ' <<<"$answer" && return 1; }
    ! grep -q '70 6F 6F 6C' <<<"$answer" || { echo "a part was told" && return 1; }
}
check "a user's pool is set to a handle of 1000 bytes" keep_set "$module.$handle" s "$long"
check "a message that has room for it has all of it" equal "$(bytes "$long")" "$(one "$handle")"
mapfile -t many < <(yes "$module.$handle" | head -n 100)
check "a hundred times is refused as tooBig" too_big "${many[@]}"
check "nothing has happened to the session with the agent" equal "$(bytes "$long")" "$(one "$handle")"

# An agent whose messages are shorter than the handle.
small=127.0.0.1:$((${agent#*:} + 10000))
at_small() { agent=$small "$@"; }
at_small start_agent small "$run/small-agentx"
start reader "$rserpool" user --pool Echo --registrar "$net.1" --local "$net.52" "${common[@]}" --agentx "unix:$run/small-agentx"
small_row() { at_small watch_get "$module.1.3.1.1.5.1" | grep -q '^[0-9.]* [0-9]'; }
need "a user has its row at another agent" within 30 small_row
check "its pool is set to the handle of 1000 bytes" at_small keep_set "$module.1.3.1.1.3.1" s "$long"
stop small
at_small start_agent small "$run/small-agentx" "[snmp] sendMessageMaxSize 600"
need "it has its row when the agent is back, with messages of 600 bytes" within 60 small_row
check "the handle is refused as tooBig" at_small too_big "$module.1.3.1.1.3.1"
check "a walk does not cut it short" test -z "$(at_small watch_walk "$module.1.3" 2>/dev/null | grep '70 6F 6F 6C')"
check "its other variables are told" small_row
stop reader small
check "the first user's pool is set back" keep_set "$module.$handle" x "$before"
