# RFC 5525 §5.1: registrars, their pools, elements, addresses and peers: every column by snmpbulkwalk is what `status` tells.
for name in one two; do
    identifier=$(number_of "$name")
    index=$(row 1.1.1 3 "$identifier")
    check "registrar $name has a row" test -n "$index"
    for table in 1.1.1 1.1.3 1.1.4 1.1.6 1.1.7; do
        expected "$name" "$table" "$index" >"$work/$name-$table.status"
        table "$table" | grep -E "^${table//./\\.}\.1\.[0-9]+\.$index(\.| )" |
            without 1.1.1.1.2 1.1.1.1.4 1.1.1.1.5 1.1.4.1.3 1.1.4.1.8 >"$work/$name-$table.snmp"
        check "registrar $name: table $table is what status tells" same "$work/$name-$table.status" "$work/$name-$table.snmp"
    done
    # What status does not tell.
    check "registrar $name: scope" equal "$(bytes campus)" "$(one "1.1.1.1.2.$index")"
    check "registrar $name: description" equal "$(bytes "registrar $name")" "$(one "1.1.1.1.4.$index")"
    uptime=$(status_of "$name" | jq '.uptime * 100 | floor')
    shown=$(one "1.1.1.1.5.$index")
    check "registrar $name: uptime" test "$shown" -ge $((uptime - 150)) -a "$shown" -le $((uptime + 1000))
    # Elements tell the ASAP address by their association: it is that of the element's own table.
    for element in 11 12 13 14 15; do
        place=$(table 1.1.4 | awk -v i="$index." -v e="$element" 'index($1, "1.1.4.1.2." i) == 1 && $2 == e { sub("1.1.4.1.2.", "", $1); print $1 }')
        own=$(row 1.2.1 4 "$element")
        if [[ -n $place && -n $own ]]; then
            check "registrar $name: ASAP address of element $element" equal "$(one "1.2.2.1.3.$own.1")" "$(one "1.1.5.1.3.$place.1")"
            check "registrar $name: ASAP address type of element $element" equal 1 "$(one "1.1.5.1.2.$place.1")"
            check "registrar $name: ASAP port of element $element" equal "$(one "1.2.1.1.7.$own")" "$(one "1.1.4.1.3.$place")"
            check "registrar $name: policy name of element $element" test -n "$(one "1.1.4.1.8.$place")"
        else
            check "registrar $name: element $element has rows" false
        fi
    done
done
# The index of a peer's row does not have the registrar in it, so it is of one registrar on the host alone.
declare -A others=([one]=two [two]=one)
rows=$(table 1.1.8 | awk 'index($1, "1.1.8.1.2.") == 1 { printf "%s\"%s\": %s", (n++ ? ", " : ""), $2, substr($1, 11) }')
for table in 1.1.8 1.1.9; do
    for name in one two; do expected "$name" "$table" 0 "{$rows}"; done >"$work/peers-$table.status"
    table "$table" | without 1.1.8.1.4 >"$work/peers-$table.snmp"
    check "both registrars: table $table is what status tells" same "$work/peers-$table.status" "$work/peers-$table.snmp"
done
for name in one two; do
    heard=$(one "1.1.8.1.4.$(row 1.1.8 2 "$(number_of "${others[$name]}")")")
    check "registrar $name: its peer was heard less than a minute ago" test "$heard" -lt 6000
done
check "snmptable prints the elements by name" grep -q rserpoolENRPPoolElementID \
    <(snmptable "${watcher[@]}" "${named[@]}" -Cb "$agent" RSERPOOL-MIB::rserpoolENRPPoolElementTable; \
      snmpwalk "${watcher[@]}" "${named[@]}" "$agent" RSERPOOL-MIB::rserpoolENRPPoolElementTable)
columns() { snmptable "${watcher[@]}" "${named[@]}" -Ci -Cw 4000 "$agent" "RSERPOOL-MIB::$1" | grep -cE '^ *[0-9.]+ '; }
check "snmptable shows ten elements" equal 10 "$(columns rserpoolENRPPoolElementTable)"
check "an unknown row is said so" grep -q 'No Such' <(watch_get "$module.1.1.1.1.3.4711")
