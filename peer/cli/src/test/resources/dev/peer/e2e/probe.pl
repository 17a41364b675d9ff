# perl probe.pl PORT [NAME...]: tries ways out, all or those named, and prints a line for each, "NAME: reached" or
# "NAME: why not". PORT is that of a listener of the host which says something to whoever comes, at every address of the
# host, of which OWN is one.
# With USERNS=1 in the environment it first makes a user namespace with mounts of its own.
# The file `guest` beside it holds a line of the guest's namespaces and one of the id of a process of the guest.
use strict;
my ($port, @wanted) = @ARGV;
my ($namespaces, $guest_process) = do { open my $file, '<', 'guest' or die "guest: $!\n"; <$file> };
$| = 1;
enter_user_namespace() if $ENV{USERNS};

sub tcp {
    my ($address, $port, $wait) = @_;
    socket my $socket, 2, 1, 0 or return;
    connect $socket, pack 'S n C4 x8', 2, $port, split /\./, $address or return;
    return !$wait || sysread $socket, my $said, 1;
}

# Any answer will do: that of a name server that knows no such name, too.
sub dns {
    my ($address) = @_;
    socket my $socket, 2, 2, 0 or return;
    connect $socket, pack 'S n C4 x8', 2, 53, split /\./, $address or return;
    syswrite $socket, pack('n6 C/a C/a C n2', 7, 256, 1, 0, 0, 0, 'deb', 'example', 0, 1, 1) or return;
    return sysread $socket, my $answer, 1;
}

# Connects to this name's address; what a test leaves out of its list does not resolve.
sub named {
    my ($name, $port) = @_;
    my $address = gethostbyname $name or return;
    return tcp(join('.', unpack 'C4', $address), $port);
}

sub sum {
    my $sum = 0;
    $sum += $_ for unpack 'n*', $_[0];
    $sum = ($sum & 0xffff) + ($sum >> 16) for 1 .. 2;
    return ~$sum & 0xffff;
}

# Sends frames past the guest's own routes, each asking for a connection to an address that leads to the host. Whether
# one comes to be, the listener knows.
sub forge {
    open my $file, '<', '/sys/class/net/eth0/address' or return;
    my $card = pack 'H12', join '', split /[:\n]/, <$file>;
    socket my $socket, 17, 3, 0x0008 or return;
    open $file, '<', '/sys/class/net/eth0/ifindex' or return;
    my $place = pack 'S n i S C C a8', 17, 0x0800, <$file>, 1, 0, 6, $card;
    for my $to ('127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.2.2', '10.0.2.99', '255.255.255.255', 'OWN') {
        my $ends = pack 'C8', 10, 0, 2, 15, split /\./, $to;
        my $segment = pack 'n2 N2 n4', 40000, $port, 1, 0, 5 << 12 | 2, 65535, 0, 0;
        substr $segment, 16, 2, pack 'n', sum($ends . pack('n2', 6, 20) . $segment);
        my $header = pack 'n6', 0x4500, 40, 1, 0, 64 << 8 | 6, 0;
        substr $header, 10, 2, pack 'n', sum($header . $ends);
        my $frame = pack('H12', '52550a000202') . $card . pack('n', 0x0800) . $header . $ends . $segment;
        send $socket, $frame, 0, $place or return;
    }
    sleep 1;
    return 1;
}

sub resolvers {
    open my $file, '<', '/etc/resolv.conf' or return;
    return map { /^nameserver\s+([\d.]+)/ ? $1 : () } <$file>;
}

# Opens one of these devices, or makes a node for it.
sub device {
    my ($kind, $paths, $numbers) = @_;
    for my $path (glob $paths) { return 1 if open my $file, '<', $path }
    for my $number (glob $numbers) {
        open my $file, '<', $number or next;
        my ($major, $minor) = split /:/, <$file>;
        my $node = "/tmp/node.$$";
        syscall(133, $node, $kind | 0600, $major << 8 | $minor) == 0 or next;
        unlink $node;
        return 1;
    }
    return;
}

sub mount_something {
    my ($directory, $kind) = ("/tmp/mount.$$", 'tmpfs');
    mkdir $directory;
    return if syscall(165, $kind, $directory, $kind, 0, 0) != 0;
    return syscall(166, $directory, 0) == 0;
}

sub set_link_up {
    socket my $socket, 2, 2, 0 or return;
    my $request = pack 'a16 s x14', 'eth0', 0x41;
    return ioctl $socket, 0x8914, $request;
}

# The kernel says ENOEXEC once it has read what it was given.
sub load_module {
    my ($module, $parameters) = ('not a module', '');
    return syscall(175, $module, length $module, $parameters) == 0 || $! == 8;
}

sub same_namespace { $namespaces =~ /\Q${\ readlink "\/proc\/self\/ns\/$_[0]"}/ }

sub opens { open my $file, $_[0], $_[1] }

# Its ids stay without a name there: only with CAP_SETFCAP could root give itself one. It has every capability all the same.
sub enter_user_namespace { syscall(272, 0x10000000 | 0x20000) == 0 or die "unshare: $!\n" }

my @ways = (
    ['host',            sub { tcp('10.0.2.2', $port, 1) }],
    ['own address',     sub { tcp('OWN', $port, 1) }],
    ['mirror',          sub { named('MIRROR', 80) }],
    ['unlisted',        sub { named('unlisted.example.org', 80) }],
    ['forged frames',   \&forge],
    ['metadata',        sub { tcp('169.254.169.254', 80) }],
    ['dns',             sub { dns('10.0.2.3') }],
    ['resolver',        sub { for (resolvers()) { return 1 if dns($_) } return }],
    ['link',            \&set_link_up],
    ['raw socket',      sub { socket my $socket, 2, 3, 1 }],
    ['control channel', sub { device(0020000, '/dev/vport* /dev/virtio-ports/*', '/sys/class/virtio-ports/*/dev') }],
    ['disks',           sub { device(0060000, '/dev/vd*', '/sys/class/block/vd*/dev') }],
    ['memory',          sub { opens('<', '/dev/mem') }],
    ['mount',           \&mount_something],
    ['module',          \&load_module],
    ['sysrq',           sub { opens('>', '/proc/sysrq-trigger') }],
    ['kernel setting',  sub { opens('>', '/proc/sys/kernel/core_pattern') }],
    ['guest process',   sub { syscall(101, 0x4206, int $guest_process, 0, 0) == 0 }],
    ['user namespace',  sub { syscall(272, 0x10000000) == 0 }],
    ['mk',              sub { opens('+<', '/usr/lib/plan9/mkfile') }],
    map { my $kind = $_; ["namespace $kind", sub { same_namespace($kind) }] } qw(mnt pid net ipc uts cgroup),
);
for my $way (@ways) {
    my ($name, $attempt) = @$way;
    next if @wanted && !grep { $_ eq $name } @wanted;
    my $child = fork // die "fork: $!\n";
    if ($child == 0) {
        $SIG{ALRM} = sub { print "$name: no answer\n"; exit };
        alarm 5;
        $! = 0;
        my $reached = $attempt->();
        print "$name: ", $reached ? 'reached' : "refused ($!)", "\n";
        exit;
    }
    waitpid $child, 0;
}
