# policy@NAME@SIDE   A pool of two elements of rsplib's and two of ours under the policy NAME, at our registrar or theirs (SIDE): the
# registrar carries each element's values and gives elements in the order that the policy asks for, to both sides' users.
policy=${arguments[0]}
side=${arguments[1]}
if [[ $side == ours ]]; then where="our registrar"; else where="rsplib's registrar"; fi
title="$policy at $where: two elements of each side's"
messages=(1 3 5 6)

# The elements are registered in this order: theirs a, ours b, theirs c, ours d. For each policy: how both sides write it, and the
# parameter that everyone is to see. A load of rsplib's echo service is always 0.
a=0x0000000a b=0x0000000b c=0x0000000c d=0x0000000d
fifth=0x33333333 two_fifths=0x66666666 three_fifths=0x99999999 half=0x80000000 none=0x00000000
case $policy in
    round-robin)
        theirs=(RoundRobin RoundRobin) ours=("" "")
        expected=(0x00000001 0x00000001 0x00000001 0x00000001)
        ;;
    weighted-round-robin)
        theirs=(WeightedRoundRobin:1 WeightedRoundRobin:2) ours=(weight=3 weight=2)
        expected=(0x00000002:0x00000001 0x00000002:0x00000003 0x00000002:0x00000002 0x00000002:0x00000002)
        ;;
    random)
        theirs=(Random Random) ours=("" "")
        expected=(0x00000003 0x00000003 0x00000003 0x00000003)
        ;;
    weighted-random)
        theirs=(WeightedRandom:1 WeightedRandom:3) ours=(weight=3 weight=1)
        expected=(0x00000004:0x00000001 0x00000004:0x00000003 0x00000004:0x00000003 0x00000004:0x00000001)
        ;;
    priority)
        theirs=(Priority:3 Priority:1) ours=(priority=7 priority=5)
        expected=(0x00000005:0x00000003 0x00000005:0x00000007 0x00000005:0x00000001 0x00000005:0x00000005)
        ;;
    least-used)
        theirs=(LeastUsed LeastUsed) ours=(load=40% load=20%)
        expected=(0x40000001:$none 0x40000001:$two_fifths 0x40000001:$none 0x40000001:$fifth)
        ;;
    least-used-degradation)
        theirs=(LeastUsedDegradation:0.2 LeastUsedDegradation:0.2)
        ours=(load=60%,degradation=20% load=20%,degradation=20%)
        expected=(
            0x40000002:$none:$fifth 0x40000002:$three_fifths:$fifth 0x40000002:$none:$fifth 0x40000002:$fifth:$fifth
        )
        ;;
    priority-least-used)
        theirs=(PriorityLeastUsed:0.2 PriorityLeastUsed:0.6)
        ours=(load=40%,degradation=40% load=20%,degradation=20%)
        expected=(
            0x40000003:$none:$fifth 0x40000003:$two_fifths:$two_fifths 0x40000003:$none:$three_fifths 0x40000003:$fifth:$fifth
        )
        ;;
    randomized-least-used)
        theirs=(RandomizedLeastUsed RandomizedLeastUsed) ours=(load=60% load=60%)
        expected=(0x40000004:$none 0x40000004:$three_fifths 0x40000004:$none 0x40000004:$three_fifths)
        ;;
    weighted-random-distance)
        theirs=(WeightedRandomDPF:1:0.5 WeightedRandomDPF:3:0.5) ours=(weight=3,factor=500000ppm weight=1,factor=500000ppm)
        expected=(
            0xb0002001:0x00000001:$half:$none 0xb0002001:0x00000003:$half:$none
            0xb0002001:0x00000003:$half:$none 0xb0002001:0x00000001:$half:$none
        )
        ;;
    least-used-distance)
        theirs=(LeastUsedDPF:0.5 LeastUsedDPF:0.5) ours=(load=40%,factor=500000ppm load=20%,factor=500000ppm)
        expected=(
            0xb0002002:$none:$half:$none 0xb0002002:$two_fifths:$half:$none
            0xb0002002:$none:$half:$none 0xb0002002:$fifth:$half:$none
        )
        ;;
    least-used-degradation-distance)
        theirs=(LeastUsedDegradationDPF:0.2:0.5 LeastUsedDegradationDPF:0.2:0.5)
        ours=(load=60%,degradation=20%,factor=500000ppm load=20%,degradation=20%,factor=500000ppm)
        expected=(
            0xb0002003:$none:$fifth:$half:$none 0xb0002003:$three_fifths:$fifth:$half:$none
            0xb0002003:$none:$fifth:$half:$none 0xb0002003:$fifth:$fifth:$half:$none
        )
        ;;
esac

play() {
    start_registrar "$side" registrar
    start_element theirs a $a "${theirs[0]}"
    need "rsplib's first element registers" within 30 registers theirs a
    start_element ours b $b "$policy${ours[0]:+:${ours[0]}}"
    need "our first element registers in the same pool" within 30 registers ours b
    start_element theirs c $c "${theirs[1]}"
    need "rsplib's second element registers" within 30 registers theirs c
    start_element ours d $d "$policy${ours[1]:+:${ours[1]}}"
    need "our second element registers" within 30 registers ours d

    "$peer" order "$address" "$registrar" EchoPool "$(items)" "$(rounds)" >"$work/order"
    check_order
    "$peer" pool "$address" "$registrar" EchoPool >"$work/pool"
    check "the registrar carries every element's policy and values" lists "$a ${expected[*]:0:1} $b ${expected[*]:1:1} $c \
        ${expected[*]:2:1} $d ${expected[*]:3:1}" "$(cut -d ' ' -f 1,2 "$work/pool")"

    start_user theirs theirs
    type_at theirs "a line"
    check "rsplib's user is served" within 30 printed theirs "from PE .$(usual)> .*a line"
    start_user ours ours
    type_at ours "a line"
    check "our user is served" within 30 printed ours 'a line$'
    check "by an element that the policy may choose" within 5 grep -qE "$(usual)" <<<"$(fields ours connected element)"
    check "rsplib has nothing to say against our messages" content theirs a c
}

items() {
    case $policy in priority* | least-used | least-used-distance) echo 4 ;; *) echo 1 ;; esac
}
rounds() {
    case $policy in *random*) echo 80 ;; weighted-round-robin) echo 16 ;; *) echo 8 ;; esac
}
# How the identifiers of elements end that a user may be given in the end, as a regular expression.
usual() {
    case $policy in
        priority) echo '0{7}b' ;;
        priority-least-used) echo '0{7}a' ;;
        least-used | least-used-distance) echo '0{7}[ac]' ;;
        *) echo '0{7}[abcd]' ;;
    esac
}

# turns ELEMENT   How often it was given.
turns() {
    grep -c "^$1$" "$work/order"
}

check_order() {
    local order turn
    order=$(paste -sd ' ' "$work/order")
    turn="$(turns $a) $(turns $b) $(turns $c) $(turns $d)"
    case $policy in
        round-robin)
            check "each in turn" equal "$(head -n 4 "$work/order") $(head -n 4 "$work/order")" \
                "$(head -n 4 "$work/order") $(tail -n 4 "$work/order")"
            check "each twice in eight times" equal "2 2 2 2" "$turn"
            ;;
        weighted-round-robin) check "each as often as its weight says" equal "2 6 4 4" "$turn" ;;
        random) check "each is given by and by ($turn)" test "$(turns $a)" -gt 4 -a "$(turns $b)" -gt 4 -a "$(turns $c)" -gt 4 -a "$(turns $d)" -gt 4 ;;
        weighted-random*)
            check "each is given by and by ($turn)" test "$(turns $a)" -gt 0 -a "$(turns $b)" -gt 4 -a "$(turns $c)" -gt 4 -a "$(turns $d)" -gt 0
            check "the heavy ones are given more often" test $(($(turns $b) + $(turns $c))) -gt $(($(turns $a) + $(turns $d)))
            ;;
        priority) check "the highest priority first, always" equal "$b $d $a $c" "$(sort -u "$work/order")" ;;
        least-used | least-used-distance)
            check "the least used first, always" equal "$d $b" "$(cut -d ' ' -f 3,4 "$work/order" | sort -u)"
            check "round robin among equals" equal "$a $c 8 8" \
                "$(cut -d ' ' -f 1,2 "$work/order" | tr ' ' '\n' | sort -u | paste -sd ' ') $(grep -c $a "$work/order") $(grep -c $c "$work/order")"
            ;;
        least-used-degradation*)
            # Each turn adds a fifth to the load: 0, 3/5, 0 and 1/5 are level at 3/5 after eight turns. rsplib adds it twice.
            if [[ $side == ours ]]; then
                check "each turn counts as load" equal "3 0 3 2" "$turn"
            else
                check "each turn counts as load, twice" equal "$a $c $d $a $c 3 1 2 2" "$(cut -d ' ' -f 1-5 <<<"$order") $turn"
            fi
            ;;
        priority-least-used) check "the least sum of load and degradation first, always" equal "$a $d $c $b" "$(sort -u "$work/order")" ;;
        randomized-least-used)
            check "each is given by and by ($turn)" test "$(turns $a)" -gt 0 -a "$(turns $b)" -gt 0 -a "$(turns $c)" -gt 0 -a "$(turns $d)" -gt 0
            check "the idle ones are given more often" test $(($(turns $a) + $(turns $c))) -gt $(($(turns $b) + $(turns $d)))
            ;;
    esac
}

judge() {
    check "no message carries an error" no_frame asap.cause_code
}
