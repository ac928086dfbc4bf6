# takeover@FIRST@SECOND@THIRD@MODE   Registrars, each ours or theirs, the third one perhaps none; the first is killed, while its elements
# know no other. Another takes it over, its elements follow, sessions go on; the first comes again and has everything. One of rsplib's
# that is left alone takes nothing over, as nobody acknowledges.
first_side=${arguments[0]} second_side=${arguments[1]} third_side=${arguments[2]} mode=${arguments[3]}
. ./enrp.sh
title="takeover of $(name_of "$first_side") registrar by $(name_of "$second_side")"
[[ $third_side == none ]] || title+=" or $(name_of "$third_side")"
title+=", by $mode"

prepare() { make_hosts 1 2 3 4 5 6; }

play() {
    start_peer "$first_side" first 1 $first_identifier 2 6
    start_peer "$second_side" second 2 $second_identifier 1 6
    [[ $third_side == none ]] || start_peer "$third_side" third 6 $third_identifier 1 2
    registrar=10.98.0.1:3863
    at 3 start_rsplib_element theirs 0x00000a01 -rereginterval=5000
    at 3 start_our_element ours 0x00000a02 --life 90000
    need "an element of rsplib's registers at the first" within 40 registers theirs theirs
    need "an element of ours registers at the first" within 40 registers ours ours
    many left 3 Left 50 0x1000 50
    need "the second registrar has the first one's elements" within 60 has_elements 2 2 EchoPool
    check "all of them" within 20 has_elements 1 2 Left49
    registrar=10.98.0.2:3863
    at 5 start_rsplib_user user
    type_at user "line 1"
    need "a user is served through the second" within 40 printed user 'from PE .00000a0[12]> .*line 1'

    kill_hard first
    check "50 elements follow another registrar" within 60 printed left "^home ($second_identifier|$third_identifier) 50$"
    check "our element follows it" within 60 follows
    check "the second still lists both echo elements" within 60 has_elements 2 2 EchoPool
    type_at user "line 2"
    check "the user's session went on" within 40 printed user 'from PE .00000a0[12]> .*line 2'
    dump 2
    check "hsdump sees 52 elements at the second, all at home at that registrar" equal 52 "$(grep -c "home=\$$(heir)" "$work/dump-2")"
    quiet

    start_peer "$first_side" again 1 $first_identifier 2 6
    check "the first comes again and has the elements" within 60 has_elements 2 1 EchoPool
    check "and all the others" within 20 has_elements 1 1 Left49
    stop theirs
    check "an element that goes is gone at both" within 20 has_elements 1 1 EchoPool
    check "rsplib's programs and ours still run" is_running again
}

# heir   Who has taken over, without 0x.
heir() {
    grep -oE '^home 0x[0-9a-f]+' "$work/left.output" | tail -n 1 | cut -d x -f 2
}

# Our element told of its new home.
follows() {
    [[ -n $(heir) ]] && grep -q "0x$(heir)" "$work/ours.errors" || {
        echo "our element's last words: $(tail -n 1 "$work/ours.errors" | tail -c 200)"
        return 1
    }
}

judge() {
    local all
    all=$({ series Left 50 0x1000 50; echo "EchoPool $((0xa01))"; echo "EchoPool $((0xa02))"; } | checksum)
    check "the heir claims the home by keep-alives with the H bit" a_frame \
        "asap.message_type == 7 && asap.h_bit == 1 && asap.server_identifier == 0x$(heir)"
    check "the heir initiates the takeover of the first" judge_initiation
    check "its PRESENCE has the checksum of all elements, $all" equal "$all" "$(presences "0x$(heir)" | tail -n 1)"
    check "the target's own elements were in no error" no_frame 'enrp.cause_code'
}

# Where there is another peer left, it is asked.
judge_initiation() {
    [[ $third_side == none ]] ||
        a_frame "enrp.message_type == 7 && enrp.sender_servers_id == 0x$(heir) && enrp.target_servers_id == $first_identifier"
}
