title="rsplib's elements at our registrar, used by our user"
messages=(1 2 3 4 5 6 7 8)

play() {
    start_our_registrar registrar 0x0a0b0c0d
    start_rsplib_element first 0x11111111 -local="$address:0"
    need "rsplib's first element registers" within 20 printed first 'Identifier += .11111111'
    start_our_user user
    type_at user "one line"
    need "our user gets the line back" within 20 printed user '^one line$'
    start_rsplib_element second 0x22222222
    need "rsplib's second element registers" within 20 printed second 'Identifier += .22222222'
    check "rsplib's first element answers our keep-alives" within 20 reported registrar keep-alive-acknowledged
    kill_hard first
    type_at user "another line"
    check "our user gets the next line back from the other element" within 20 printed user '^another line$'
    check "it is the second element that echoes it" within 20 printed second 'Echo [0-9]+ bytes'
    end_input user
    check "our user ends when its input does" within 20 has_ended user
    stop second
    check "our registrar has registered the elements that rsplib names" equal "0x11111111 0x22222222" \
        "$(fields registrar registered element)"
    check "our user has had both" equal "0x11111111 0x22222222" "$(fields user connected element)"
    check "rsplib has nothing to say against our messages" content first second
}

judge() {
    check "our responses name the registered element" a_frame \
        'asap.message_type == 3 && asap.pe_identifier == 0x11111111 && asap.message_flags == 0'
    check "our responses name our registrar as home" equal 0x0a0b0c0d \
        "$(first 'asap.message_type == 6 && asap.pool_element_pe_identifier' asap.pool_element_home_enrp_server_identifier)"
    check "our user connects to the port that rsplib registered" a_frame \
        "sctp.chunk_type == 1 && sctp.dstport == $(first 'asap.message_type == 1' asap.sctp_transport_port)"
    check "our registrar gives on both addresses of the second element" equal "$address,$second_address" \
        "$(first 'asap.message_type == 6 && asap.pool_element_pe_identifier == 0x22222222' asap.ipv4_address | cut -d , -f 1-2)"
    check "our registrar gives the life on as it came, 90000" equal 90000 \
        "$(first 'asap.message_type == 6 && asap.pool_element_pe_identifier' asap.pool_element_registration_life)"
    check "rsplib's element deregisters at our registrar" a_frame \
        'asap.message_type == 4 && asap.pe_identifier == 0x22222222'
    check "no message carries an error" no_frame asap.cause_code
}
