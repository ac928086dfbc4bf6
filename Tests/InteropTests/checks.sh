# What the scenarios and the judges have in common: processes with names, checks with results. Sourced by bash.
#
# $work is where a scenario's files are: NAME.output and NAME.errors of each process, packets.pcapng. $results is the file of its
# results. $run is a directory for named pipes.

# check TEXT COMMAND…   Runs COMMAND and writes "pass: TEXT" or "FAIL: TEXT (what COMMAND printed last)"; fails as COMMAND does.
check() {
    local text=$1 reason status=0
    shift
    reason=$("$@" 2>&1) || status=1
    if ((status == 0)); then
        echo "pass: $text"
    else
        echo "FAIL: $text${reason:+ ($(tail -n 1 <<<"$reason"))}"
    fi | tee -a "$results"
    return $status
}

# need TEXT COMMAND…   A check without which the rest of the scenario makes no sense: when it fails, the scenario ends.
need() {
    check "$@" || {
        echo "FAIL: the scenario goes on from there" | tee -a "$results"
        stop_all
        exit 1
    }
}

# within SECONDS COMMAND…   Runs COMMAND until it succeeds, ten times a second; fails with its last words when the time is up.
within() {
    local end reason
    end=$(($(date +%s%N) + $1 * 1000000000))
    shift
    until reason=$("$@" 2>&1); do
        if (($(date +%s%N) > end)); then
            echo "$reason"
            return 1
        fi
        sleep 0.1
    done
}

# summary   Writes the closing line; fails if a check failed, or if none was made.
summary() {
    local passed failed
    passed=$(grep -c '^pass: ' "$results" || true)
    failed=$(grep -c '^FAIL: ' "$results" || true)
    echo "$passed passed, $failed failed"
    ((failed == 0 && passed > 0))
}

# --- Processes of a scenario ---

declare -A process_of=()
declare -A input_of=()
started=()

# inside COMMAND…   Runs COMMAND on the host that `at` chose.
inside() {
    if [[ -n ${host:-} ]]; then ip netns exec "$scenario-$host" "$@"; else "$@"; fi
}

# start NAME COMMAND…   Starts COMMAND in the background. Its output goes, line by line, to NAME.output and NAME.errors; what
# `type_at NAME` writes is its standard input.
start() {
    local name=$1 pipe=$run/$1.input handle
    shift
    [[ -z ${host:-} ]] || set -- ip netns exec "$scenario-$host" "$@"
    mkfifo "$pipe"
    # Opened for both directions, so that no opening waits, and the process sees no end before `end_input`.
    exec {handle}<>"$pipe"
    input_of[$name]=$handle
    (
        exec <"$pipe"
        # Were a writing end left in any process, no process would see the end of its input.
        for handle in "${input_of[@]}"; do exec {handle}>&-; done
        # Some programs write files where they are.
        cd "$work" && exec stdbuf -oL "$@" >"$work/$name.output" 2>"$work/$name.errors"
    ) &
    process_of[$name]=$!
    started=("$name" "${started[@]}")
}

type_at() { # type_at NAME TEXT
    echo "$2" >&"${input_of[$1]}"
}

end_input() { # end_input NAME: closes its standard input
    local handle=${input_of[$1]}
    exec {handle}>&-
    unset "input_of[$1]"
}

# stop NAME…   Asks each in turn to end (SIGTERM) and waits until it has, for 5 seconds; then it is SIGKILL.
stop() {
    local name
    for name in "$@"; do
        kill -TERM "${process_of[$name]}" 2>/dev/null || true
        within 5 has_ended "$name" >/dev/null || kill -KILL "${process_of[$name]}" 2>/dev/null || true
        forget "$name"
    done
}

# stop_all   Stops whatever runs, the last first, so that elements have a registrar to say good-bye to.
stop_all() {
    local name
    for name in "${started[@]}"; do
        [[ -n ${process_of[$name]:-} ]] && stop "$name"
    done
}

# kill_hard NAME   SIGKILL: the process gets no chance to say good-bye.
kill_hard() {
    kill -KILL "${process_of[$1]}" 2>/dev/null || true
    forget "$1"
}

# abort_hard NAME USER LINE   SIGKILL while a line of USER's waits to be read: the kernel then ends the association by an ABORT.
abort_hard() {
    kill -STOP "${process_of[$1]}"
    type_at "$2" "$3"
    within 5 has_unread "$1" >/dev/null
    kill_hard "$1"
}

forget() {
    wait "${process_of[$1]}" 2>/dev/null || true
    [[ -n ${input_of[$1]:-} ]] && end_input "$1"
    rm -f "$run/$1.input"
    unset "process_of[$1]"
}

has_ended() {
    ! kill -0 "${process_of[$1]}" 2>/dev/null || [[ $(cut -d ' ' -f 3 "/proc/${process_of[$1]}/stat" 2>/dev/null) == Z ]] ||
        { echo "$1 still runs" && false; }
}

is_running() {
    [[ -n ${process_of[$1]:-} ]] && ! has_ended "$1" >/dev/null || { echo "$1 has ended" && false; }
}

# --- What a process shows ---

# printed NAME PATTERN   A line of NAME's output matches the extended regular expression.
printed() {
    grep -qE -- "$2" "$work/$1.output" || {
        echo "$1 printed no '$2'; its last words: $(tail -qn 1 "$work/$1.output" "$work/$1.errors" | tr -d '\n' | tail -c 200)"
        return 1
    }
}

# reported NAME EVENT   NAME, a process of ours with --log-format json, has reported an event of that name.
reported() {
    grep -q "\"event\":\"$2\"" "$work/$1.errors" || {
        echo "$1 reported no '$2'; its last words: $(tail -n 1 "$work/$1.errors" | tail -c 200)"
        return 1
    }
}

# fields NAME EVENT FIELD   Prints that field of each of NAME's events of that name, in one line.
fields() {
    grep "\"event\":\"$2\"" "$work/$1.errors" | grep -o "\"$3\":\"[^\"]*\"" | cut -d '"' -f 4 | paste -sd ' '
}

# told NAME EVENT   Prints in people's words what NAME told with its first event of that name.
told() {
    grep "\"event\":\"$2\"" "$work/$1.errors" | grep -o '"message":"[^"]*"' | cut -d '"' -f 4 | head -n 1
}

equal() { # equal EXPECTED ACTUAL, neither of them empty
    [[ -n $1 && $1 == "$2" ]] || {
        echo "expected '$1', got '$2'"
        return 1
    }
}

# lists EXPECTED ACTUAL   The words of both are the same, in any order.
lists() {
    equal "$(tr -s ' \n' '\n' <<<"$1" | sort | paste -sd ' ')" "$(tr -s ' \n' '\n' <<<"$2" | sort | paste -sd ' ')"
}

# content NAME…   The logs of these processes of rsplib's have no warning and no error, but that they do not know the pool elements of a
# business card.
content() {
    local name found=
    for name in "$@"; do
        found+="$(grep -hE 'Warning|Error' "$work/$name.log" | grep -v 'unrecognized parameter (silent)' | sed 's/^[^ ]* [^ ]* //') "
    done
    [[ -z ${found// /} ]] || {
        echo "$found" | tr '\n' ' '
        return 1
    }
}
