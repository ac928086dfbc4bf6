title="rsplib with itself: the judges and these scripts are in order"
messages=(1 2 3 4 5 6 7 8)

play() {
    start_rsplib_registrar registrar
    start_rsplib_element first 0x11111111
    need "its first element registers" within 20 printed first 'Identifier += .11111111'
    start_rsplib_user user
    type_at user "one line"
    need "its user gets the line back from its element" within 20 printed user 'from PE .11111111> one line'
    start_rsplib_element second 0x22222222
    need "its second element registers" within 20 printed second 'Identifier += .22222222'
    kill_hard first
    check "its user goes over to the other element" within 20 printed user 'RSERPOOL_FAILOVER_COMPLETE'
    type_at user "another line"
    check "its user gets the next line back from the other element" within 20 printed user 'from PE .22222222> another line'
}
