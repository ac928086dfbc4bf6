title="our element over userland SCTP at rsplib's registrar on kernel SCTP, through UDP (RFC 6951)"
# 9899, the usual UDP port, is the kernel's here; so the element has another, and says so in a parameter that rsplib does not know.
messages=(1 2 3 4 5 6 7 8)

play() {
    start_rsplib_registrar registrar
    start_our_element element 0x33333333 --local "$address/9900" --transport userland
    need "our element registers" within 20 reported element registered
    check "our element answers keep-alives" within 20 reported element keep-alive-answered
    start resolve "$rserpool" resolve --pool EchoPool --local "$address" --registrar "$registrar" "${our_options[@]}"
    check "the registrar lists our element" within 20 printed resolve '0x33333333'
    stop element
    check "our element deregisters" reported element deregistered
    check "the registrar still runs" is_running registrar
}

judge() {
    local registration='asap.message_type == 1'
    check "our registration came through UDP" equal 9900 "$(first "$registration" udp.srcport)"
    check "our registration says so, at the end of the element" equal 0x9899:26ac0000 \
        "$(first "$registration" asap.parameter_type | tr ',' '\n' | tail -n 1):$(first "$registration" asap.parameter_value)"
    check "rsplib does not pass that on" no_frame 'asap.message_type == 6 && asap.parameter_type == 0x9899'
    check "no message carries an error" no_frame asap.cause_code
}
