# RFC 5525 §5.4: what was set is there again after a restart.
one_row=$(row 1.1.1 3 "$(number_of one)")
check "a registrar's description is set" keep_set "$module.1.1.1.1.4.$one_row" s 'cellar, rack 2'
check "it is seen" equal "$(bytes 'cellar, rack 2')" "$(one "1.1.1.1.4.$one_row")"
stop user c e
start_element c 13 Weighted weighted-round-robin:weight=3
start_element e 15 Stream random --serve-over tcp
check "element c is back" within 60 reported c registered
check "element e is back" within 60 reported e registered
start_user
type_at user again
row_of() { [[ -n $(row "$1" "$2" "$3") ]] || { echo "no row" && return 1; }; }
within 20 row_of 1.2.1 4 13 && within 20 row_of 1.2.1 4 15 && within 20 has_rows 1.3.1 3 1
c=$(row 1.2.1 4 13) e=$(row 1.2.1 4 15)
check "an element's weight was kept" equal 5 "$(one "1.2.1.1.13.$c")"
check "an element's descriptions were kept" equal "$(bytes both) $(bytes 'three turns')" "$(one "1.2.1.1.5.$c") $(one "1.2.1.1.12.$c")"
check "an element's pool and policy were kept" equal "$(bytes Moved) 4" "$(one "1.2.1.1.3.$e") $(one "1.2.1.1.11.$e")"
index=$(table 1.3.1 | awk 'index($1, "1.3.1.1.3.") == 1 { print substr($1, 11) }')
check "a user's pool and description were kept" equal "$(bytes Weighted) $(bytes 'a manager was here')" \
    "$(one "1.3.1.1.3.$index") $(one "1.3.1.1.4.$index")"
check "what the registrar refused was not kept" equal round-robin "$(jq -r .policy "$run/b.settings")"
in_pool() { equal "$1" "$(status_of user | jq -r '.sessions[0].pool')"; }
check "the user's next session is in the pool that was set" within 20 in_pool Weighted
stop one
start_registrar one 1 2 --announce "$group:4000" --announce-peers "$group:9901"
back() { row_of 1.1.1 4 "$(bytes 'cellar, rack 2')"; }
check "a registrar's description was kept" within 30 back
