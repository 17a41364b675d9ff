# perl frames6.pl PORT ADDRESS...: sends a frame to each address past the guest's own routes, which asks for a TCP
# connection, and prints what came back: "ADDRESS reached", "ADDRESS prohibited", or "ADDRESS nothing".
use strict;
use Socket qw(inet_pton inet_ntop AF_INET6);
my ($port, @addresses) = @ARGV;

sub sum {
    my $sum = 0;
    $sum += $_ for unpack 'n*', $_[0];
    $sum = ($sum & 0xffff) + ($sum >> 16) for 1 .. 2;
    return ~$sum & 0xffff;
}

sub content {
    open my $file, '<', "/sys/class/net/eth0/$_[0]" or die "$_[0]: $!\n";
    chomp(my $line = <$file>);
    return $line;
}

my $card = pack 'H12', join '', split /:/, content('address');
my $place = pack 'S n i S C C a8', 17, 0x86dd, content('ifindex'), 1, 0, 6, $card;
my $own = inet_pton(AF_INET6, '2001:2::15');
socket my $socket, 17, 3, unpack('S', pack 'n', 0x86dd) or die "socket: $!\n";
bind $socket, $place or die "bind: $!\n";

my %outcome;
for my $try (1 .. 20) {
    my @left = grep { !$outcome{$_} } @addresses or last;
    for my $address (@left) {
        my $ends = $own . inet_pton(AF_INET6, $address);
        my $segment = pack 'n2 N2 n4', 40000, $port, 1, 0, 5 << 12 | 2, 65535, 0, 0;
        substr $segment, 16, 2, pack 'n', sum($ends . pack('N2', 20, 6) . $segment);
        my $frame = pack('H12', '525600000002') . $card . pack('n', 0x86dd)
            . pack('N n C2', 0x60000000, 20, 6, 64) . $ends . $segment;
        send $socket, $frame, 0, $place or die "send: $!\n";
    }
    my $end = time + 1;
    while (time <= $end && grep { !$outcome{$_} } @addresses) {
        my $ready = '';
        vec($ready, fileno $socket, 1) = 1;
        select $ready, undef, undef, 0.5 or next;
        recv $socket, my $frame, 2000, 0;
        my ($kind, $from) = unpack 'x20 C x a16', $frame;
        if ($kind == 6 && unpack('x67 C', $frame) == 0x12) {
            $outcome{$_} = 'reached' for grep { $from eq inet_pton(AF_INET6, $_) } @addresses;
        } elsif ($kind == 58 && unpack('x54 n', $frame) == 0x0101) {
            my $to = unpack 'x86 a16', $frame;
            $outcome{$_} = 'prohibited' for grep { $to eq inet_pton(AF_INET6, $_) } @addresses;
        }
    }
}
print "$_ ", $outcome{$_} || 'nothing', "\n" for @addresses;
