# The programs of both sides in each role, and the capture of what goes between them. Sourced by bash after checks.sh.

# The guest's addresses. Not the loopback's: rsplib takes none of those from a pool element unless it is told to.
address=10.99.0.1
second_address=10.99.1.1
registrar=$address:3863

# --- rsplib 3.4.4 ---

rsplib_options=(-loglevel=3 -logcolor=off)

# start_rsplib_registrar NAME   Its identifier is 0x77777777. It asks its elements once a second whether they are alive.
start_rsplib_registrar() {
    start "$1" rspregistrar -asap="$registrar" -enrp="$address:9901" -identifier=0x77777777 -mentordiscoverytimeout=100 \
        -endpointkeepalivetransmissioninterval=1000 -endpointkeepalivetimeoutinterval=1000 \
        "${rsplib_options[@]}" -logfile="$work/$1.log"
    need "rsplib's registrar listens" within 10 listens 3863
}

# start_rsplib_element NAME IDENTIFIER [OPTION…]   It serves at all addresses of the machine, but the loopback's.
start_rsplib_element() {
    start "$1" rspserver -echo -poolhandle=EchoPool -identifier="$2" -registrar="$registrar" -asapannounce=off \
        "${rsplib_options[@]}" -logfile="$work/$1.log" "${@:3}"
}

start_rsplib_user() { # NAME
    start "$1" rspterminal -poolhandle=EchoPool -registrar="$registrar" "${rsplib_options[@]}" -logfile="$work/$1.log"
}

# --- Ours ---

our_options=(--log-format json --log-level debug --transport kernel)

# start_our_registrar NAME IDENTIFIER   It asks its elements every one to three seconds whether they are alive.
start_our_registrar() {
    start "$1" "$rserpool" registrar --listen "$registrar" --identifier "$2" --keep-alive-interval 2 "${our_options[@]}"
    need "our registrar listens" within 10 listens 3863
}

start_our_element() { # NAME IDENTIFIER [OPTION…]
    start "$1" "$rserpool" element --pool EchoPool --identifier "$2" --local "$address" --registrar "$registrar" \
        "${our_options[@]}" "${@:3}"
}

start_our_user() { # NAME
    start "$1" "$rserpool" user --pool EchoPool --local "$address" --registrar "$registrar" "${our_options[@]}"
}

# --- The kernel and the wire ---

# listens PORT   An SCTP socket of this machine waits for associations at PORT.
listens() {
    awk -v port="$1" 'NR > 1 && $6 == port { found = 1 } END { exit !found }' /proc/net/sctp/eps || {
        echo "nothing listens at SCTP port $1"
        return 1
    }
}

start_capture() {
    dumpcap -q -i any -f 'sctp or udp port 3863 or udp port 9901 or udp port 9899' -w "$work/packets.pcapng" >"$work/dumpcap.output" 2>&1 &
    capture=$!
    within 10 grep -q '^File:' "$work/dumpcap.output" || need "packets are captured" false
}

stop_capture() {
    # So that the last packets have come through.
    sleep 0.3
    kill -TERM "$capture"
    wait "$capture"
}
