# RFC 5525 §6: the module itself, by smilint. It ends with status 0 whatever it finds, so what it prints counts. The two warnings left
# out come from the RFC's own definitions.
linted() {
    local found
    found=$(SMIPATH=$mibs smilint -c /dev/null -l 6 -i inetaddresstype-subtyped -i inetaddress-inetaddresstype "$1" 2>&1)
    [[ -z $found ]] || { echo "$found" | head -n 1 && return 1; }
}
mends_nothing() { # The check can fail: a module with a fault is told of.
    sed 's/MAX-ACCESS  read-only/MAX-ACCESS  read-sometimes/' "$mibs/RSERPOOL-MIB" >"$run/RSERPOOL-FAULTY"
    ! linted "$run/RSERPOOL-FAULTY" >/dev/null
}
check "smilint finds nothing in the module" linted "$mibs/RSERPOOL-MIB"
check "smilint finds a planted fault" mends_nothing
names_known() { # Every accessible column has its name: a walk with the module prints no bare number below it.
    local unnamed
    unnamed=$(snmpbulkwalk "${watcher[@]}" "${named[@]}" "$agent" "$module" | grep -v '^RSERPOOL-MIB::rserpool[A-Z]' | head -n 1)
    [[ -z $unnamed ]] || { echo "$unnamed" && return 1; }
}
check "net-snmp knows each variable by the module's names" names_known
