# What test suites do as root; a line for each, "NAME: works" or "NAME: why not".
use strict;
$| = 1;
my $file = "/tmp/ordinary.$$";
open my $made, '>', $file or die "$file: $!\n";

sub bind_low_port {
    socket my $socket, 2, 1, 0 or return;
    bind $socket, pack 'S n C4 x8', 2, 80, 127, 0, 0, 1 or return;
    listen $socket, 1 or return;
    socket my $client, 2, 1, 0 or return;
    return connect $client, pack 'S n C4 x8', 2, 80, 127, 0, 0, 1;
}

sub become {
    my ($id) = @_;
    $) = "$id $id";
    $( = $id;
    ($<, $>) = ($id, $id);
    return $< == $id && $> == $id && $( == $id;
}

sub kill_another_users {
    my $child = fork // return;
    if ($child == 0) { become(65534); sleep 60; exit }
    select undef, undef, undef, 0.5;
    return kill('KILL', $child) && waitpid $child, 0;
}

my @things = (
    ['chown',         sub { chown 1, 1, $file }],
    ['chmod',         sub { chmod(02755, $file) && (stat $file)[2] & 02000 }],
    ['write another user\'s', sub { chmod(0400, $file) && open my $again, '>', $file }],
    ['kill',          \&kill_another_users],
    ['low port',      \&bind_low_port],
    ['su',            sub { `su -s /bin/sh nobody -c 'id -u'` eq "65534\n" }],
    ['become nobody', sub { become(65534) }],
);
for my $thing (@things) {
    my ($name, $attempt) = @$thing;
    print "$name: ", $attempt->() ? 'works' : "fails ($!)", "\n";
}
