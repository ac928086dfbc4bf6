# rows.pl AGENT ROWS COLUMN…   Walks through columns of the table of registered pool elements side by side, asking for so many rows at a time, and says how
# fast that was. The commands of net-snmp walk through one column after the other. For scripts/snmp --bench.
use strict;
use warnings;
use SNMP;
use Time::HiRes qw(time);

my ($agent, $rows, @columns) = @ARGV;
$SNMP::use_numeric = 1;
my $session = SNMP::Session->new(
    DestHost => $agent, Version => 3, SecLevel => 'authPriv', SecName => 'watcher', AuthProto => 'SHA-256', AuthPass => "watcher's password",
    PrivProto => 'AES', PrivPass => "watcher's secret", Timeout => 5_000_000
) or die "rows.pl: there is no session with $agent\n";
my $began = time;
my @found = $session->bulkwalk(0, $rows, SNMP::VarList->new(map { SNMP::Varbind->new([".1.3.6.1.3.125.1.1.4.1.$_"]) } @columns));
my $elapsed = time - $began;
die "rows.pl: $session->{ErrorStr}\n" if $session->{ErrorNum};
my $variables = 0;
$variables += @$_ for @found;
die "rows.pl: the columns have $variables variables\n" if !$variables or $variables % @columns;
printf "%d columns side by side, %d rows a request: %.2f s, %d rows a second (%d variables a second)\n",
    scalar @columns, $rows, $elapsed, $variables / @columns / $elapsed, $variables / $elapsed;
