# RFC 5525 §5.2: pool elements of this host. Every column is what `status` tells, and what a manager sets is registered anew.
declare -A place=()
for name in a b c d e; do
    place[$name]=$(row 1.2.1 4 "$(number_of "$name")")
    index=${place[$name]}
    for table in 1.2.1 1.2.6; do
        expected "$name" "$table" "$index" >"$work/$name-$table.status"
        table "$table" | grep -E "^${table//./\\.}\.1\.[0-9]+\.$index(\.| )" |
            without 1.2.1.1.2 1.2.1.1.5 1.2.1.1.6 1.2.1.1.7 1.2.1.1.12 >"$work/$name-$table.snmp"
        check "element $name: table $table is what status tells" same "$work/$name-$table.status" "$work/$name-$table.snmp"
    done
    check "element $name: scope" equal "$(bytes campus)" "$(one "1.2.1.1.2.$index")"
    check "element $name: description" equal "$(bytes "element $name")" "$(one "1.2.1.1.5.$index")"
    check "element $name: ASAP port" test "$(one "1.2.1.1.7.$index")" -gt 0
    check "element $name: ASAP address type" equal 1 "$(one "1.2.2.1.2.$index.1")"
    check "element $name: policy description" test -n "$(one "1.2.1.1.12.$index")"
    uptime=$(status_of "$name" | jq '.uptime * 100 | floor')
    shown=$(one "1.2.1.1.6.$index")
    check "element $name: uptime" test "$shown" -ge $((uptime - 150)) -a "$shown" -le $((uptime + 1000))
done

# at_registrar FILTER VALUE   What registrar one has of elements, by a jq filter.
at_registrar() { equal "$2" "$(status_of one | jq -r "$1")"; }
set_and_see() { # set_and_see TEXT OID TYPE VALUE SHOWN
    check "$1 is set" keep_set "$module.$2" "$3" "$4"
    check "$1 is seen by the next request" equal "$5" "$(one "$2")"
}
c=${place[c]} d=${place[d]} b=${place[b]} e=${place[e]}
set_and_see "an element's description" "1.2.1.1.5.$c" s 'rack 7' "$(bytes 'rack 7')"
set_and_see "an element's policy description" "1.2.1.1.12.$c" s 'three turns' "$(bytes 'three turns')"
set_and_see "an element's weight" "1.2.1.1.13.$c" u 8 8
check "the registrar has the weight" within 10 at_registrar '.pools[].elements[] | select(.identifier|endswith("d")) | .policy' \
    weighted-round-robin:weight=8
set_and_see "an element's load degradation" "1.2.1.1.15.$d" u 429496730 429496730
check "the registrar has the degradation, and the load as it was" within 10 at_registrar \
    '.pools[] | select(.handle=="Loaded").elements[0].policy | split(",") | map(sub("\\..*%"; "%"))[]' \
    $'least-used-degradation:load=25%\ndegradation=10%'
set_and_see "an element's life" "1.2.1.1.16.$b" t 9000 9000
check "the registrar has the life" within 10 at_registrar '.pools[].elements[] | select(.identifier|endswith("0c")) | .life' 90
set_and_see "an endless life" "1.2.1.1.16.$b" t 4294967295 4294967295
check "the registrar has the endless life" within 10 at_registrar '.pools[].elements[] | select(.identifier|endswith("0c")) | .life' null
set_and_see "an element's pool" "1.2.1.1.3.$e" s Moved "$(bytes Moved)"
check "the registrar has the element in the other pool, and not in the first" within 10 at_registrar \
    '[.pools[] | select(.handle=="Moved" or .handle=="Stream") | "\(.handle) \(.elements|length)"] | join(",")' 'Moved 1'
set_and_see "the policy of an element that is alone in its pool" "1.2.1.1.11.$e" u 4 4
check "the registrar has the policy" within 10 at_registrar '.pools[] | select(.handle=="Moved").elements[0].policy' \
    weighted-random:weight=1
# A pool's elements have one type of policy: the registrar refuses, and the element is back as it was.
check "another policy than the pool's is tried" keep_set "$module.1.2.1.1.11.$b" u 2
check "the registrar refuses it" within 20 reported b update-rejected
shows() { equal "$2" "$(one "$1")"; }
check "the element is in the pool as before" within 20 at_registrar \
    '.pools[] | select(.handle=="Echo").elements | map(.policy) | join(" ")' 'round-robin round-robin'
check "the table shows the policy that holds" within 20 shows "1.2.1.1.11.$b" 1
check "several objects are set at once" keep_set "$module.1.2.1.1.13.$c" u 5 "$module.1.2.1.1.5.$c" s both
check "both are set" equal "5 $(bytes both)" "$(one "1.2.1.1.13.$c") $(one "1.2.1.1.5.$c")"

refused() { # refused ERROR OID TYPE VALUE…
    local reason
    ! reason=$(keep_set "${@:2}" 2>&1) || { echo "it was set" && return 1; }
    grep -q "$1" <<<"$reason" || { tr '\n' ' ' <<<"$reason" && return 1; }
}
check "a read-only column" refused 'notWritable\|noAccess' "$module.1.2.1.1.14.$d" u 1
check "a value of another type" refused wrongType "$module.1.2.1.1.13.$c" s text
check "a description that is too long" refused wrongLength "$module.1.2.1.1.5.$c" s "$(printf 'x%.0s' {1..256})"
check "a weight of a policy that has none" refused inconsistentValue "$module.1.2.1.1.13.$b" u 1
check "a policy that nobody knows" refused wrongValue "$module.1.2.1.1.11.$e" u 77
check "no life at all" refused wrongValue "$module.1.2.1.1.16.$b" t 0
check "one bad value keeps the good one from being set" refused inconsistentValue \
    "$module.1.2.1.1.5.$b" s never "$module.1.2.1.1.13.$b" u 1
check "the good one was not set" equal "$(bytes 'element b')" "$(one "1.2.1.1.5.$b")"
