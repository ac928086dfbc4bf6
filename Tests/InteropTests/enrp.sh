# What the scenarios with several registrars have in common. Sourced by them after roles.sh and wire.sh.
#
# Registrar FIRST is on host 1, SECOND on host 2, a third on host 6; hosts 3 and 4 have the elements that know only the first, only the
# second; host 5 asks.

first_identifier=0x11111111
second_identifier=0x22222222
third_identifier=0x33333333

name_of() { if [[ $1 == ours ]]; then echo our; else echo "rsplib's"; fi; }

# start_peer SIDE NAME HOST IDENTIFIER OTHER…   A registrar of SIDE on HOST, which finds those on the hosts OTHER by multicast, or knows
# their addresses, as $mode says. Its time-outs are some seconds.
start_peer() {
    local host=$3 address=10.98.0.$3 other options=()
    if [[ $1 == theirs ]]; then
        if [[ $mode == peers ]]; then
            options=(-enrpannounce=off -asapannounce=off)
            for other in "${@:5}"; do options+=(-peer="10.98.0.$other:9901"); done
        fi
        start "$2" rspregistrar -asap="$address:3863" -enrp="$address:9901" -identifier="$4" -mentordiscoverytimeout=1000 \
            -peerheartbeatcycle=1000 -peermaxtimelastheard=5000 -peermaxtimenoresponse=2000 -takeoverexpiryinterval=2000 \
            -endpointkeepalivetransmissioninterval="${keep_alive_interval:-2}000" -endpointkeepalivetimeoutinterval=2000 \
            "${options[@]}" "${rsplib_options[@]}" -logfile="$work/$2.log"
        need "rsplib's registrar $4 listens" within 40 listens 3863
    else
        if [[ $mode == peers ]]; then
            for other in "${@:5}"; do options+=(--peer "10.98.0.$other:9901"); done
        else
            options=(--announce-peers 239.0.0.51:9901 --announce 239.0.0.50:3863 --announce-interface eth0)
        fi
        start "$2" "$rserpool" registrar --listen "$address:3863" --listen-peers "$address:9901" --identifier "$4" --profile lan \
            --mentor-discovery-time 1 --heartbeat-cycle 1 --maximum-time-last-heard 5 --maximum-time-no-response 2 \
            --takeover-timeout 2 --keep-alive-interval "${keep_alive_interval:-2}" "${options[@]}" "${our_options[@]}"
        need "our registrar $4 listens" within 40 listens 3863
    fi
}

# many NAME HOST POOL POOLS FIRST COUNT   COUNT elements in one process on HOST, at the registrar of host HOST - 2.
many() {
    at "$2" start "$1" "$peer" elements "10.98.0.$2" "10.98.0.$(($2 - 2)):3863" "$3" "$4" $(($5)) "$6"
    need "$6 elements register at registrar $(($2 - 2))" within 60 printed "$1" '^registered$'
}

# listed HOST POOL   Prints the identifiers and transports of a pool's elements, as the registrar on HOST gives them.
listed() {
    at 5 inside "$peer" pool 10.98.0.5 "10.98.0.$1:3863" "$2" | cut -d ' ' -f 1,3-
}

# has_elements COUNT HOST POOL   The registrar on HOST lists that many elements in the pool.
has_elements() {
    local count
    count=$(listed "$2" "$3" 2>&1 | grep -c '^0x')
    ((count == $1)) || { echo "registrar $2 lists $count elements in $3" && false; }
}

# dump HOST   The handlespace of the registrar on HOST as rsplib's hsdump sees it, to the file dump-HOST: identifier, home, policy and
# load, transport of each element, after its pool.
dump() {
    at 5 inside timeout 60 hsdump "10.98.0.$1:9901" -loglevel=0 -logcolor=off -logfile=/dev/null >"$work/hsdump-$1" 2>&1
    sed -n '/^\*-- Index:/,/^\*-- Selection:/p' "$work/hsdump-$1" | awk '
        / \+-- Pool / { pool = $3 }
        /idx:#/ { identifier = $3 }
        /home=/ { match($0, /home=\$[0-9a-f]+/); home = substr($0, RSTART, RLENGTH); match($0, /life=[^ ]+/); home = home " " substr($0, RSTART, RLENGTH) }
        / t=\$/ { values = $0; sub(/^ +/, "", values) }
        /userT:/ { print pool, identifier, home, values, $0 }' | tr -s ' ' | sort >"$work/dump-$1"
}

# checksum IDENTIFIER…   The checksum of RFC 5353 §3.6.2 over elements "POOL IDENTIFIER" on standard input: the complement of the one's
# complement sum of 16-bit words over each pool handle, padded to whole words, and the identifier.
checksum() {
    awk 'BEGIN { for (n = 0; n < 256; n++) code[sprintf("%c", n)] = n }
        {
            handle = $1
            for (i = 1; i <= length(handle); i += 2)
                sum += code[substr(handle, i, 1)] * 256 + (i < length(handle) ? code[substr(handle, i + 1, 1)] : 0)
            sum += int($2 / 65536) + $2 % 65536
        }
        END {
            while (sum > 65535) sum = sum % 65536 + int(sum / 65536)
            printf "0x%04x\n", 65535 - sum
        }'
}

# series POOL POOLS FIRST COUNT   What `many` registers, as `checksum` takes it.
series() {
    local number
    for ((number = 0; number < $4; number++)); do echo "$1$((number % $2)) $(($3 + number))"; done
}

# quiet   To be called in a scenario when all has been done that is to be judged.
quiet() {
    date +%s.%N >"$work/quiet"
}

# presences IDENTIFIER   The checksums in the PRESENCEs that the registrar sent until `quiet`, in their order.
presences() {
    frames "enrp.message_type == 1 && enrp.sender_servers_id == $1 && enrp.pe_checksum && frame.time_epoch < $(cat "$work/quiet")" \
        enrp.pe_checksum | tr ',' '\n'
}
