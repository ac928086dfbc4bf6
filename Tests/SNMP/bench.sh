# What a bulk walk costs: a registrar with many elements (Benchmarks, walk-benchmark), and walks through snmpd over its table of pool
# elements. Sourced by scripts/snmp --bench.
elements=${ELEMENTS:-20000}
columns=12
# The element's identifier.
one_column=2

# ticks NAME   Processor time that a process has used, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' <(sed 's/.*) //; s/^/0 0 /' "/proc/${process_of[$1]}/stat"); }
share() { awk -v used="$1" -v elapsed="$2" 'BEGIN { printf "%.0f %%", used / elapsed * 100 }'; }

# walk REPETITIONS [COLUMN]   Walks the table, or one column of it, asking for so many variables at a time, and says how fast that was.
walk() {
    local agent_used walk_used elapsed used TIMEFORMAT='%R %U %S' base=$module.1.1.4 columns=$columns
    [[ -z ${2:-} ]] || base+=.1.$2 columns=1
    agent_used=$(ticks agent) walk_used=$(ticks walk)
    used=$({ time snmpbulkwalk "${watcher[@]}" "${plain[@]}" "-Cr$1" "$agent" "$base" >"$work/walk" 2>"$work/walk.errors"; } 2>&1)
    read -r elapsed used _ <<<"$(awk '{ print $1, $2 + $3 }' <<<"$used")"
    local variables
    variables=$(grep -c '^\.1\.' "$work/walk")
    [[ $variables == $((elements * columns)) ]] || { echo "the walk found $variables variables: $(tail -n 1 "$work/walk.errors")" && return 1; }
    awk -v v="$variables" -v e="$elapsed" -v c=$columns -v r="$1" 'BEGIN {
        printf "%d columns, %d repetitions: %.2f s, %d rows a second (%d variables a second)", c, r, e, v / c / e, v / e }'
    echo "; busy: snmpd $(share $(($(ticks agent) - agent_used)) "$(awk "BEGIN { print $elapsed * 100 }")")," \
        "subagent and registrar $(share $(($(ticks walk) - walk_used)) "$(awk "BEGIN { print $elapsed * 100 }")")," \
        "snmpbulkwalk $(share "$used" "$elapsed")"
}

start_agent
need "the agent answers" within 10 is_answering
start walk "$benchmark" "unix:$socket" "$elements"
need "a registrar has $elements elements" within 60 printed walk '^registered'
need "it has its row" within 30 printed walk '^ready'
cat "$work/walk.output"
# An answer of snmpd has up to 100 variables (maxGetbulkResponses).
for repetitions in 10 100; do walk "$repetitions" "$one_column" && walk "$repetitions" || exit 1; done
rows() { MIBS='' perl Tests/SNMP/rows.pl "$agent" "$@"; }
rows 100 2 && rows 33 2 3 4 && rows 8 {2..13} || exit 1
type_at walk watch
# As long as a walk takes.
sleep 9
type_at walk tell
within 10 printed walk '^turns' && echo "without a walk: $(tail -n 1 "$work/walk.output")"
type_at walk watch
echo "while the registrar is watched:"
walk 100
type_at walk tell
told_twice() { [[ $(grep -c '^turns' "$work/walk.output") == 2 ]]; }
within 10 told_twice && echo "during a walk: $(tail -n 1 "$work/walk.output")"
sleep 8
type_at walk watch
type_at walk tell
told_thrice() { [[ $(grep -c '^turns' "$work/walk.output") == 3 ]]; }
within 10 told_thrice && echo "8 s later: $(tail -n 1 "$work/walk.output" | grep -o 'resident.*')"
stop_all
