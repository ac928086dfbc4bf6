# failover@REGISTRAR@ELEMENTS@USER   A user's session lives through the ends of three elements, each of them ours or theirs: a program is
# killed while nothing waits for it, so that its kernel shuts the associations down; one while a line waits for it, so that its kernel
# aborts; and a host is cut off.
registrar_side=${arguments[0]} element_side=${arguments[1]} user_side=${arguments[2]}
name_of() { if [[ $1 == ours ]]; then echo our; else echo "rsplib's"; fi; }
title="failover: $(name_of "$user_side") user, $(name_of "$element_side") elements, $(name_of "$registrar_side") registrar"
messages=(1 3 5 6 7 8)

# Host 1 has the registrar, host 2 the user, the others an element each.
prepare() { make_hosts 1 2 3 4 5 6; }

# served LINE   The user has the line back.
served() {
    case $user_side-$element_side in
        theirs-*) printed user "from PE .[0-9a-f]+> ([0-9]+: )?$1([^0-9]|$)" ;;
        ours-theirs) printed user "^$1$" ;;
        ours-ours) printed user "^[0-9]+: $1$" ;;
    esac
}

# current   The host of the element that serves the user: its identifier's last digit.
current() {
    if [[ $user_side == ours ]]; then
        fields user connected element | tail -c 2
    else
        grep -oE 'from PE .[0-9a-f]+>' "$work/user.output" | tail -n 1 | grep -oE '[0-9a-f]>' | head -c 1
    fi
}

# moved_from HOST LINE   Another element serves the user: the line came back, and not from there.
moved_from() {
    served "$2" && [[ $(current) != "$1" ]] || { echo "still at element $1" && false; }
}

play() {
    local number before turn ended=()
    at 1 start_registrar "$registrar_side" registrar
    for number in 3 4 5 6; do
        at $number start_element "$element_side" element$number 0x0000000$number
    done
    for number in 3 4 5 6; do
        need "element $number registers" within 40 registers "$element_side" element$number
    done
    at 2 start_user "$user_side" user --timing fast
    type_at user "line 0"
    need "the user is served" within 40 served "line 0"

    turn=0
    for way in SHUTDOWN ABORT silence; do
        before=$(current)
        turn=$((turn + 1))
        case $way in
            SHUTDOWN) kill_hard element$before ;;
            ABORT) abort_hard element$before user "lost line" ;;
            silence) cut_off "$before" ;;
        esac
        ended+=("$way:$before")
        # rsplib's user takes the line that is typed while it has no element for its end; so it is typed when it has one again.
        if [[ $user_side == theirs ]]; then
            [[ $way != silence ]] || type_at user "lost line"
            need "after $way the user finds another element" within 60 failed_over $turn
            type_at user "line $turn"
        else
            type_at user "line $turn"
        fi
        need "after $way another element serves the user" within 60 moved_from "$before" "line $turn"
    done
    echo "${ended[@]}" >"$work/ended"
    if [[ $element_side == ours ]]; then
        check "the session's count went on all the time" counted_on
    fi
    check "the registrar still runs" is_running registrar
}

failed_over() {
    [[ $(grep -c RSERPOOL_FAILOVER_COMPLETE "$work/user.output") -ge $1 ]] || { echo "no failover yet" && false; }
}

# The number before "line 3" is at least 4: a line that was lost with its element may have been counted too.
counted_on() {
    local count
    count=$(grep -oE '[0-9]+: line 3' "$work/user.output" | tail -n 1)
    ((${count%%:*} >= 4)) || { echo "the last count is '${count%%:*}'" && false; }
}

judge() {
    local way host
    for way in $(cat "$work/ended"); do
        host=${way#*:}
        case ${way%:*} in
            SHUTDOWN) check "the first element's end was a SHUTDOWN" a_frame "sctp.chunk_type == 7 && ip.src == 10.98.0.$host && ip.dst == 10.98.0.2" ;;
            ABORT) check "the second element's end was an ABORT" a_frame "sctp.chunk_type == 6 && ip.src == 10.98.0.$host && ip.dst == 10.98.0.2" ;;
            silence) check "the third element ended in silence" no_frame "(sctp.chunk_type == 6 || sctp.chunk_type == 7) && ip.src == 10.98.0.$host && ip.dst == 10.98.0.2" ;;
        esac
    done
    check "the registrar told no error" no_frame asap.cause_code
}
