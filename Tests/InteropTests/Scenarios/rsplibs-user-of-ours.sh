title="our elements at our registrar, used by rsplib's user and by ours"
messages=(1 2 3 4 5 6 11 12)

play() {
    start_our_registrar registrar 0x0a0b0c0d
    start_our_element first 0x11111111
    need "our first element registers" within 20 reported first registered
    start_rsplib_user theirs
    type_at theirs "one line"
    need "rsplib's user gets the line back, counted" within 20 printed theirs 'from PE .11111111> 1: one line'
    start_our_user ours
    type_at ours "one line"
    need "our user gets its line back, counted apart" within 20 printed ours '^1: one line$'
    start_our_element second 0x22222222
    need "our second element registers" within 20 reported second registered
    kill_hard first
    check "rsplib's user goes over to our second element" within 20 printed theirs 'RSERPOOL_FAILOVER_COMPLETE, cookie=yes'
    type_at theirs "another line"
    check "the count of rsplib's user goes on" within 20 printed theirs 'from PE .22222222> 2: another line'
    type_at ours "another line"
    check "the count of our user goes on" within 20 printed ours '^2: another line$'
    stop theirs ours second
    check "our second element deregisters" reported second deregistered
    check "rsplib has nothing to say against our messages" content theirs
}

judge() {
    check "we give rsplib's user the one element that it asks for" equal 0x11111111 \
        "$(first 'asap.message_type == 6 && asap.pool_element_pe_identifier' asap.pool_element_pe_identifier)"
    check "no message carries an error" no_frame asap.cause_code
}
