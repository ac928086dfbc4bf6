# RFC 5525 §8: SNMPv3 with authentication and encryption alone, and writing for who may.
first=$(row 1.1.1 3 "$(number_of two)")
check "authPriv reads" watch_get "$module.1.1.1.1.3.$first"
refuses() { # refuses COMMAND…   The agent gives nothing away.
    local answer
    answer=$("$@" 2>&1) && ! grep -qi 'no such\|no more' <<<"$answer" && { echo "it answered: $answer" && return 1; }
    true
}
v3=(-v 3 -u watcher -a SHA-256 -A "watcher's password" -t 1 -r 0)
check "authNoPriv is refused" refuses snmpget "${v3[@]}" -l authNoPriv "${plain[@]}" "$agent" "$module.1.1.1.1.3.$first"
check "noAuthNoPriv is refused" refuses snmpget -v 3 -u watcher -l noAuthNoPriv -t 1 -r 0 "${plain[@]}" "$agent" "$module.1.1.1.1.3.$first"
check "v2c is refused" refuses snmpget -v 2c -c public -t 1 -r 0 "${plain[@]}" "$agent" "$module.1.1.1.1.3.$first"
check "v1 is refused" refuses snmpget -v 1 -c public -t 1 -r 0 "${plain[@]}" "$agent" "$module.1.1.1.1.3.$first"
check "a wrong password is refused" refuses snmpget "${v3[@]}" -l authPriv -A "another password" -x AES -X "watcher's secret" "${plain[@]}" "$agent" "$module.1.1.1.1.3.$first"
cannot_write() { ! snmpset "${watcher[@]}" "${plain[@]}" "$agent" "$module.1.1.1.1.4.$first" s no >/dev/null 2>&1; }
check "who may only read cannot write" cannot_write
check "who may write writes" keep_set "$module.1.1.1.1.4.$first" s 'registrar two'
