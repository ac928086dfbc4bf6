# announcement@SIDE   Nobody is told where the registrar, ours or theirs, is: elements and users of both sides hear its announcements.
side=${arguments[0]}
mode=multicast
. ./enrp.sh
title="$(name_of "$side") registrar is found by its announcements"
messages=(1 3 5 6 10)

prepare() { make_hosts 1 2 3 4 5; }

play() {
    start_peer "$side" first 1 $first_identifier 2
    at 3 start element rspserver -echo -poolhandle=EchoPool -identifier=0x00000a01 -asapannounce=239.0.0.50:3863 \
        "${rsplib_options[@]}" -logfile="$work/element.log"
    need "rsplib's element finds the registrar and registers" within 60 has_elements 1 1 EchoPool
    at 5 start user rspterminal -poolhandle=EchoPool "${rsplib_options[@]}" -logfile="$work/user.log"
    type_at user "a line"
    check "rsplib's user finds it too" within 60 printed user 'from PE .00000a01> a line'
    at 4 start our-element "$rserpool" element --pool EchoPool --identifier 0x00000a02 --local 10.98.0.4 \
        --announce-group 239.0.0.50:3863 "${our_options[@]}"
    need "our element finds the registrar and registers" within 60 has_elements 2 1 EchoPool
    stop user element
    check "rsplib's element deregisters there" within 20 has_elements 1 1 EchoPool
    at 5 start our-user "$rserpool" user --pool EchoPool --local 10.98.0.5 --announce-group 239.0.0.50:3863 "${our_options[@]}"
    type_at our-user "a line"
    check "our user finds it too" within 60 printed our-user '^1: a line$'
    stop our-user our-element
    check "our element deregisters there" within 20 has_elements 0 1 EchoPool
}

judge() {
    check "the registrar announces itself to the group" a_frame \
        "asap.message_type == 10 && ip.dst == 239.0.0.50 && udp.dstport == 3863 && asap.server_identifier == $first_identifier"
    check "nobody was told where: registrations come after an announcement" no_frame \
        "asap.message_type == 1 && frame.number < $(first 'asap.message_type == 10' frame.number)"
}
