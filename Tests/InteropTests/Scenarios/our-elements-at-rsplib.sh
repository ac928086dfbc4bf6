title="our elements at rsplib's registrar, used by rsplib's user"
messages=(1 2 3 4 5 6 7 8 11 12)

play() {
    start_rsplib_registrar registrar
    start_our_element first 0x11111111
    need "our first element registers" within 20 reported first registered
    start_rsplib_user user
    type_at user "one line"
    need "rsplib's user gets the line back, counted" within 20 printed user 'from PE .11111111> 1: one line'
    start_our_element second 0x22222222
    need "our second element registers" within 20 reported second registered
    check "our first element answers keep-alives" within 20 reported first keep-alive-answered
    check "it knows who asks" equal "told registrar 0x77777777 that it is alive" "$(told first keep-alive-answered)"
    kill_hard first
    check "rsplib's user goes over to our second element" within 20 printed user 'RSERPOOL_FAILOVER_COMPLETE, cookie=yes'
    type_at user "another line"
    check "our second element goes on counting from rsplib's cookie echo" \
        within 20 printed user 'from PE .22222222> 2: another line'
    stop user
    stop second
    check "our second element deregisters" reported second deregistered
    check "rsplib has nothing to say against our messages" content registrar user
}

judge() {
    local registration='asap.message_type == 1 && asap.pool_element_pe_identifier == 0x11111111'
    check "our registration names the pool" equal 4563686f506f6f6c "$(first "$registration" asap.pool_handle_pool_handle)"
    check "our registration has no home registrar yet" equal 0x00000000 \
        "$(first "$registration" asap.pool_element_home_enrp_server_identifier)"
    check "our registration has the life of 300 seconds" equal 300 "$(first "$registration" asap.pool_element_registration_life)"
    check "our registration has the policy Round Robin" equal 0x00000001 \
        "$(first "$registration" asap.pool_member_selection_policy_type)"
    check "our registration has our address only" equal "$address" "$(first "$registration" asap.ipv4_address | tr ',' '\n' | sort -u)"
    check "our registration is accepted" equal 0 \
        "$(first 'asap.message_type == 3 && asap.pe_identifier == 0x11111111' asap.message_flags | sed 's/^0x0*\(.\)$/\1/')"
    check "rsplib's user connects to the port that we registered" a_frame \
        "sctp.chunk_type == 1 && sctp.dstport == $(first "$registration" asap.sctp_transport_port | cut -d , -f 1)"
    check "rsplib's user echoes the last cookie that we sent" equal \
        "$(frames 'asap.message_type == 11 && frame.number < '"$(first 'asap.message_type == 12' frame.number)" asap.cookie | tail -n 1)" "$(first 'asap.message_type == 12' asap.cookie)"
    check "no message carries an error" no_frame asap.cause_code
}
