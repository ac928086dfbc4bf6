# The programs of both sides in each role, and the capture of what goes between them. Sourced by bash after checks.sh.

# Where a scenario plays. Not the loopback's addresses: rsplib takes none of those from a pool element unless it is told to.
address=10.99.0.1
second_address=10.99.1.1
registrar=$address:3863

# make_network   One host with two addresses, and with SCTP in UDP.
make_network() {
    local number
    ip link set lo up
    for number in 0 1; do
        ip link add "dummy$number" type dummy
        ip address add "10.99.$number.1/24" dev "dummy$number"
        ip link set "dummy$number" up multicast on
    done
    ip route add 224.0.0.0/4 dev dummy0
    sysctl -qw net.sctp.udp_port=9899
}

# make_hosts NUMBER…   Further hosts, 10.98.0.NUMBER, on one link, with time-outs that notice a silent peer within some 5 seconds.
# The first is the registrar's.
make_hosts() {
    local number
    registrar=10.98.0.$1:3863
    ip link add bridge type bridge mcast_snooping 0
    ip link set bridge up
    for number in "$@"; do
        ip netns add "$scenario-$number"
        ip link add eth0 netns "$scenario-$number" type veth peer name "link$number"
        ip link set "link$number" master bridge up
        at "$number" inside ip address add "10.98.0.$number/24" dev eth0
        at "$number" inside ip link set eth0 up multicast on
        at "$number" inside ip link set lo up
        at "$number" inside ip route add 224.0.0.0/4 dev eth0
        at "$number" inside sysctl -qw net.sctp.rto_initial=400 net.sctp.rto_min=300 net.sctp.rto_max=1000 \
            net.sctp.association_max_retrans=5 net.sctp.path_max_retrans=4 net.sctp.hb_interval=1000
    done
    capture_interface=bridge
}

# at HOST COMMAND…   Does that on the host, with its address.
at() {
    local host=$1 address=10.98.0.$1
    shift
    "$@"
}

# cut HOST   Nothing goes to or comes from that host any more.
cut_off() {
    ip link set "link$1" down
}

# --- rsplib 3.4.4 ---

rsplib_options=(-loglevel=3 -logcolor=off)

# start_rsplib_registrar NAME   Its identifier is 0x77777777. It asks its elements once a second whether they are alive.
start_rsplib_registrar() {
    start "$1" rspregistrar -asap="$registrar" -enrp="$address:9901" -identifier=0x77777777 -mentordiscoverytimeout=100 \
        -endpointkeepalivetransmissioninterval=1000 -endpointkeepalivetimeoutinterval=1000 \
        "${rsplib_options[@]}" -logfile="$work/$1.log" "${@:2}"
    need "rsplib's registrar listens" within 40 listens 3863
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
    need "our registrar listens" within 40 listens 3863
}

start_our_element() { # NAME IDENTIFIER [OPTION…]
    start "$1" "$rserpool" element --pool EchoPool --identifier "$2" --local "$address" --registrar "$registrar" \
        "${our_options[@]}" "${@:3}"
}

start_our_user() { # NAME [OPTION…]
    start "$1" "$rserpool" user --pool EchoPool --local "$address" --registrar "$registrar" "${our_options[@]}" "${@:2}"
}

# --- Either ---

# start_registrar SIDE NAME   SIDE is ours or theirs.
start_registrar() {
    if [[ $1 == ours ]]; then start_our_registrar "$2" 0x0a0b0c0d; else start_rsplib_registrar "$2"; fi
}

# start_element SIDE NAME IDENTIFIER [POLICY]   An echo service in EchoPool; POLICY as that side writes it.
start_element() {
    if [[ $1 == ours ]]; then
        start_our_element "$2" "$3" ${4:+--policy "$4"}
    else
        start_rsplib_element "$2" "$3" ${4:+-policy="$4"} -local="$address:0"
    fi
}

start_user() { # start_user SIDE NAME [OPTION-OF-OURS…]
    if [[ $1 == ours ]]; then start_our_user "${@:2}"; else start_rsplib_user "$2"; fi
}

# registers SIDE NAME   The element has registered.
registers() {
    if [[ $1 == ours ]]; then reported "$2" registered; else printed "$2" 'Identifier += '; fi
}

# --- The kernel and the wire ---

# listens PORT   An SCTP socket of this host waits for associations at PORT.
listens() {
    inside awk -v port="$1" 'NR > 1 && $6 == port { found = 1 } END { exit !found }' /proc/net/sctp/eps || {
        echo "nothing listens at SCTP port $1"
        return 1
    }
}

# has_unread NAME   Bytes wait for the process in some association of its host's.
has_unread() {
    awk 'NR > 1 && $9 > 0 { found = 1 } END { exit !found }' "/proc/${process_of[$1]}/net/sctp/assocs" || {
        echo "nothing waits to be read"
        return 1
    }
}

start_capture() {
    dumpcap -q -i "${capture_interface:-any}" -f 'sctp or udp port 3863 or udp port 9901 or udp port 9899' \
        -w "$work/packets.pcapng" >"$work/dumpcap.output" 2>&1 &
    capture=$!
    within 20 grep -q '^File:' "$work/dumpcap.output" || need "packets are captured" false
}

stop_capture() {
    # So that the last packets have come through.
    sleep 0.3
    kill -TERM "$capture"
    wait "$capture"
}
