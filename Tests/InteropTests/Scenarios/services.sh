# services@ELEMENTS   rsplib's ping-pong and calculation clients with elements (ours or theirs) at our registrar; the first of each is
# killed at work, and its job and its count go on at the second.
side=${arguments[0]}
if [[ $side == ours ]]; then whose=our; else whose="rsplib's"; fi
title="rsplib's clients of ping-pong and calculation with $whose elements at our registrar"
messages=(1 3 5 6 11 12)

start_service() { # start_service SERVICE NAME IDENTIFIER POOL [CAPACITY]
    if [[ $side == theirs ]]; then
        start "$2" rspserver "-$1" -identifier="$3" -local="$address:0" -registrar="$registrar" -asapannounce=off \
            ${5:+-policy=LeastUsed -capcookiemaxtime=0.5 -capcapacity="$5"} "${rsplib_options[@]}" -logfile="$work/$2.log"
    else
        start "$2" "$rserpool" element --service "$(our_name "$1")" ${5:+--capacity "$5"} --identifier "$3" --local "$address" \
            --pool "$4" --registrar "$registrar" "${our_options[@]}"
    fi
}

our_name() {
    case $1 in pingpong) echo ping-pong ;; calcapp) echo calc ;; esac
}

play() {
    start_our_registrar registrar 0x0a0b0c0d
    start_service pingpong ping1 0x00000011 PingPongPool
    need "the first ping-pong element registers" within 40 registers "$side" ping1
    # So slow that no job comes to its end there, and the second so fast that each does at once.
    start_service calcapp calculation1 0x00000021 CalcAppPool 1000
    need "the first calculation element registers" within 40 registers "$side" calculation1
    start player pingpongclient -interval=200 -registrar="$registrar" "${rsplib_options[@]}" -logfile="$work/player.log"
    start client calcappclient -jobinterval=1 -jobsize=8000000 -runtime=100 -object=client -scalar="$work/scalar" \
        -vector="$work/vector" -registrar="$registrar" "${rsplib_options[@]}" -logfile="$work/client.log"
    need "the ping-pong client has replies" within 40 printed player 'Ack #5 from PE .00000011 \(reply #5\)'
    need "a job is accepted" within 40 printed client 'Job #1 accepted'
    start_service pingpong ping2 0x00000012 PingPongPool
    need "the second ping-pong element registers" within 40 registers "$side" ping2
    start_service calcapp calculation2 0x00000022 CalcAppPool 1000000000
    need "the second calculation element registers" within 40 registers "$side" calculation2

    kill_hard ping1
    check "the ping-pong client goes on at the second element" within 40 printed player 'Ack #[0-9]+ from PE .00000012'
    check "the replies' count goes on from the cookie" replies_go_on
    kill_hard calculation1
    check "the calculation client goes over with its job" within 40 printed client 'RSERPOOL_FAILOVER_COMPLETE, cookie=yes'
    check "the job is completed at the second element" within 60 completed_after_failover
    stop player client
    check "rsplib has nothing to say against our messages" content player
}

# The reply number of the first reply of the second element is one more than that of the last of the first.
replies_go_on() {
    local last first
    last=$(grep -oE 'from PE .00000011 \(reply #[0-9]+' "$work/player.output" | tail -n 1)
    first=$(grep -oE 'from PE .00000012 \(reply #[0-9]+' "$work/player.output" | head -n 1)
    ((${first##*#} == ${last##*#} + 1)) || { echo "after reply ${last##*#} came ${first##*#}" && false; }
}

completed_after_failover() {
    sed '1,/FAILOVER_COMPLETE/d' "$work/client.output" | grep -q completed || { echo "no job completed since" && false; }
}

judge() {
    check "pings and pongs are there" a_frame 'sctp.data_payload_proto_id == 33'
    check "calculation's messages are there" a_frame 'sctp.data_payload_proto_id == 34'
    check "the job's cookie is echoed as it came" equal "$(frames 'asap.message_type == 12' asap.cookie | awk 'length == 40' | head -n 1)" \
        "$(frames 'asap.message_type == 11' asap.cookie | tr ',' '\n' | grep -F "$(frames 'asap.message_type == 12' asap.cookie | awk 'length == 40' | head -n 1)" | head -n 1)"
    check "no message carries an error" no_frame asap.cause_code
}
