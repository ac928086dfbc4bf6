# What RFC 5525's tables hold by a program's status: a line a variable, as `table` of manager.sh prints it. $table is the table, $index
# the index of the program's row, $peers the index of each peer by its identifier.
def hex: ltrimstr("0x") | ascii_downcase | explode | reduce .[] as $digit (0; . * 16 + $digit - (if $digit > 96 then 87 else 48 end));
def hexdigit: "0123456789ABCDEF"[.:. + 1];
def byte: (. / 16 | floor | hexdigit) + (. % 16 | hexdigit);
def bytes: [explode[] | byte] | join("");
# 127.0.0.1:3863/9900
def ip: sub("/.*"; "") | sub(":[0-9]+$"; "") | split(".") | map(tonumber | byte) | join("");
def port: sub("/.*"; "") | sub(".*:"; "");
def share: rtrimstr("%") | tonumber / 100 * 4294967295 | round;
def policy: split(":") | { name: .[0], values: ((.[1] // "") | split(",") | map(split("=") | { (.[0]): .[1] }) | add // {}) };
def policynumber: { "round-robin": 1, "weighted-round-robin": 2, "random": 3, "weighted-random": 4, "priority": 5,
    "least-used": 1073741825, "least-used-degradation": 1073741826 }[.];
def weight: policy.values.weight // "0";
def load: policy.values.load // "0" | share;
def degradation: policy.values.degradation // "0" | share;
def ticks: if . == null then 4294967295 else . * 100 | round end;
def protocol: { sctp: 132, tcp: 6, udp: 17 }[.];
def use: if .control then 1 else 0 end;
def elements: .pools[] as $pool | $pool.elements[] | . + { row: "\($index).\($pool.index).\(.index)" };

if $table == "1.1.1" then
    "1.1.1.1.3.\($index) \(.identifier | hex)",
    "1.1.1.1.6.\($index) \(.enrp[0] | port)",
    (.asapAnnouncements[:1][] | "1.1.1.1.7.\($index) \(port)", "1.1.1.1.8.\($index) 1", "1.1.1.1.9.\($index) \(ip)"),
    (.enrpAnnouncements[:1][] | "1.1.1.1.10.\($index) \(port)", "1.1.1.1.11.\($index) 1", "1.1.1.1.12.\($index) \(ip)")
elif $table == "1.1.3" then
    .pools[] | "1.1.3.1.2.\($index).\(.index) \(.handle | bytes)"
elif $table == "1.1.4" then
    elements | "1.1.4.1.2.\(.row) \(.identifier | hex)",
        "1.1.4.1.4.\(.row) \(.protocol | protocol)",
        "1.1.4.1.5.\(.row) \(.addresses[0] | port)",
        "1.1.4.1.6.\(.row) \(use)",
        "1.1.4.1.7.\(.row) \(.policy | policy.name | policynumber)",
        "1.1.4.1.9.\(.row) \(.policy | weight)",
        "1.1.4.1.10.\(.row) \(.policy | load)",
        "1.1.4.1.11.\(.row) \(.policy | degradation)",
        "1.1.4.1.12.\(.row) \(.life | ticks)",
        "1.1.4.1.13.\(.row) \(.homeRegistrar | hex)"
elif $table == "1.1.6" then
    elements | . as $element | range(.addresses | length)
        | "1.1.6.1.2.\($element.row).\(. + 1) 1", "1.1.6.1.3.\($element.row).\(. + 1) \($element.addresses[.] | ip)",
          "1.1.6.1.4.\($element.row).\(. + 1) "
elif $table == "1.1.7" then
    .enrp as $own | range($own | length) | "1.1.7.1.2.\($index).\(. + 1) 1", "1.1.7.1.3.\($index).\(. + 1) \($own[.] | ip)"
elif $table == "1.1.8" then
    .peers[] | $peers["\(.identifier | hex)"] as $row
        | "1.1.8.1.2.\($row) \(.identifier | hex)", "1.1.8.1.3.\($row) \(.addresses[0] | port)"
elif $table == "1.1.9" then
    .peers[] | $peers["\(.identifier | hex)"] as $row | .addresses as $all | range($all | length)
        | "1.1.9.1.2.\($row).\(. + 1) 1", "1.1.9.1.3.\($row).\(. + 1) \($all[.] | ip)"
elif $table == "1.2.1" then
    "1.2.1.1.3.\($index) \(.pool | bytes)",
    "1.2.1.1.4.\($index) \(.identifier | hex)",
    "1.2.1.1.8.\($index) \(.protocol | protocol)",
    "1.2.1.1.9.\($index) \(.addresses[0] | port)",
    "1.2.1.1.10.\($index) \(use)",
    "1.2.1.1.11.\($index) \(.policy | policy.name | policynumber)",
    "1.2.1.1.13.\($index) \(.policy | weight)",
    "1.2.1.1.14.\($index) \(.policy | load)",
    "1.2.1.1.15.\($index) \(.policy | degradation)",
    "1.2.1.1.16.\($index) \(.life | ticks)",
    "1.2.1.1.17.\($index) \(.homeRegistrar | hex)"
elif $table == "1.2.6" then
    .addresses as $all | range($all | length)
        | "1.2.6.1.2.\($index).\(. + 1) 1", "1.2.6.1.3.\($index).\(. + 1) \($all[.] | ip)", "1.2.6.1.4.\($index).\(. + 1) "
else error("no such table") end
