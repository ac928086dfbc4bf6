# synchronisation@FIRST@SECOND@MODE@COUNT   Two registrars, ours or theirs, of which the second starts when the first has COUNT elements;
# it gets 100 of its own. They find each other by multicast or know each other (peers). All that one has the other has too.
first_side=${arguments[0]} second_side=${arguments[1]} mode=${arguments[2]} count=${arguments[3]}
. ./enrp.sh
title="$(name_of "$first_side") registrar with $count elements, then $(name_of "$second_side"), in one scope by $mode"
# Longer than the scenario: without an identifier (RFC 5352 §2.2.7) a keep-alive means the one element of the pool at that transport
# address, and here many share one.
keep_alive_interval=600

prepare() { make_hosts 1 2 3 4 5; }

play() {
    start_peer "$first_side" first 1 $first_identifier 2
    many left 3 Left 20 0x1000 $count
    start_peer "$second_side" second 2 $second_identifier 1
    check "the second registrar has the first one's elements" within 60 has_elements $((count / 20)) 2 Left7
    many right 4 Right 25 0x8000 100
    check "the first registrar has the second one's elements" within 60 has_elements 4 1 Right24
    check "both list a pool of the first one's alike" equal "$(listed 1 Left13)" "$(listed 2 Left13)"
    check "both list a pool of the second one's alike" equal "$(listed 1 Right3)" "$(listed 2 Right3)"

    # Elements that come and go.
    registrar=10.98.0.1:3863
    at 3 start_rsplib_element theirs 0x00000a01 -rereginterval=2000
    at 3 start_our_element ours 0x00000a02 --life 90000
    need "an element of rsplib's registers at the first" within 40 registers theirs theirs
    need "an element of ours registers at the first" within 40 registers ours ours
    check "the second registrar has both" within 20 has_elements 2 2 EchoPool
    registrar=10.98.0.2:3863
    at 5 start_rsplib_user user
    type_at user "a line"
    check "rsplib's user is served through the second" within 40 printed user 'from PE .00000a0[12]> .*a line'
    at 5 start_our_user our-user
    type_at our-user "a line"
    check "our user is served through the second" within 40 printed our-user 'a line$'
    stop user our-user theirs
    check "the second registrar hears that an element has gone" within 20 has_elements 1 2 EchoPool
    stop ours
    check "and the other one" within 20 has_elements 0 2 EchoPool

    dump 1
    dump 2
    check "hsdump sees $((count + 100)) elements at the first" equal $((count + 100)) "$(wc -l <"$work/dump-1")"
    check "hsdump sees the same at the second" cmp "$work/dump-1" "$work/dump-2"
    check "the first one's peer list has the second" grep -q "idx:#.*\$${second_identifier#0x} " "$work/hsdump-1"
    check "the second one's peer list has the first" grep -q "idx:#.*\$${first_identifier#0x} " "$work/hsdump-2"
    # More than two cycles of PRESENCEs over all of it: that is what is judged.
    sleep 4
    quiet
    check "the first registrar still runs" is_running first
    check "the second registrar still runs" is_running second
}

judge() {
    local left right
    left=$(series Left 20 0x1000 $count | checksum)
    right=$(series Right 25 0x8000 100 | checksum)
    check "the first one's PRESENCE has the checksum $left" equal "$left" "$(presences $first_identifier | tail -n 1)"
    check "the second one's PRESENCE has the checksum $right" equal "$right" "$(presences $second_identifier | tail -n 1)"
    check "the handlespace came in a Handle Table Response" a_frame \
        "enrp.message_type == 3 && enrp.sender_servers_id == $first_identifier && enrp.pool_element_pe_identifier"
    check "both sent updates or tables of their own" a_frame \
        "(enrp.message_type == 4 || enrp.message_type == 3) && enrp.sender_servers_id == $second_identifier && enrp.pool_element_pe_identifier"
    check "at the end nobody asks for the other's elements any more" no_frame "enrp.message_type == 2 && enrp.w_bit == 1 &&
        frame.time_epoch < $(cat "$work/quiet") && frame.time_epoch > $(awk '{ printf "%.3f", $1 - 3 }' "$work/quiet")"
    check "no message carries an error" no_frame 'enrp.cause_code'
}
