# RFC 5525 §5.3: pool users.
index=$(table 1.3.1 | awk 'index($1, "1.3.1.1.3.") == 1 { print substr($1, 11) }')
check "the user has one row" test -n "$index" -a "$(wc -w <<<"$index")" -eq 1
check "the user: scope" equal "$(bytes campus)" "$(one "1.3.1.1.2.$index")"
check "the user: pool, as its session has it" equal "$(bytes "$(status_of user | jq -r '.sessions[0].pool')")" "$(one "1.3.1.1.3.$index")"
check "the user: description" equal "$(bytes 'the user')" "$(one "1.3.1.1.4.$index")"
uptime=$(status_of user | jq '.uptime * 100 | floor')
shown=$(one "1.3.1.1.5.$index")
check "the user: uptime" test "$shown" -ge $((uptime - 150)) -a "$shown" -le $((uptime + 1000))
check "the user's session works" within 10 printed user '1: hello|: hello'
check "a user's description is set" keep_set "$module.1.3.1.1.4.$index" s 'a manager was here'
check "a user's pool is set" keep_set "$module.1.3.1.1.3.$index" s Weighted
check "both are seen" equal "$(bytes 'a manager was here') $(bytes Weighted)" "$(one "1.3.1.1.4.$index") $(one "1.3.1.1.3.$index")"
check "the session that runs stays where it is" equal Echo "$(status_of user | jq -r '.sessions[0].pool')"
