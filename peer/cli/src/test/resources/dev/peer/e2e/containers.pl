#!/usr/bin/perl -w
# Speaks Docker's API over the socket that DOCKER_HOST names, without any client: says what it finds, a line each.
use strict;
use IO::Socket::INET;
use IO::Socket::UNIX;

$| = 1;
my ($path) = $ENV{DOCKER_HOST} =~ m{^unix://(/.+)$} or die "DOCKER_HOST: $ENV{DOCKER_HOST}\n";

sub call {
    my ($method, $where, $body) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!\n";
    my $length = length($body //= '');
    print $socket "$method /v1.41$where HTTP/1.0\r\nHost: d\r\nContent-Type: application/json\r\n"
        . "Content-Length: $length\r\n\r\n$body";
    local $/;
    my ($head, $answer) = split /\r\n\r\n/, <$socket>, 2;
    $head =~ m{^HTTP/1\.[01] (?:2|304)} or die "$method $where: $head\n$answer\n";
    return $answer;
}

sub start {
    my ($name, $command, $more) = @_;
    my $quoted = $command =~ s/(["\\])/\\$1/gr =~ s/\n/\\n/gr;
    call('POST', "/containers/create?name=$name",
        qq({"Image":"localhost/prepared","Cmd":["sh","-c","$quoted"],$more}));
    call('POST', "/containers/$name/start");
}

sub wait_for {
    my ($name) = @_;
    my ($code) = call('POST', "/containers/$name/wait") =~ /"StatusCode":(\d+)/;
    print "$name: ended with $code\n" if $code;
    # Each piece has a head of 8 bytes: its stream and length.
    my $frames = call('GET', "/containers/$name/logs?stdout=1&stderr=1");
    while (length $frames) {
        my $length = unpack 'N', substr $frames, 4, 4;
        print "$name: $_\n" for split /\n/, substr $frames, 8, $length;
        substr $frames, 0, 8 + $length, '';
    }
}

sub reach {
    my ($address) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $address, Timeout => 5) or return "nothing: $@\n";
    return scalar <$socket>;
}

print 'ping: ', call('GET', '/_ping') =~ s/\s//gr, "\n";
my $peer = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!\n";
print 'service: uid ', (unpack 'iii', getsockopt $peer, 1, 17)[1], "\n";    # SOL_SOCKET, SO_PEERCRED
my %images = map { $_ => 1 } call('GET', '/images/json') =~ m{"(localhost/[^"@]*)"}g;
print "images: @{[sort keys %images]}\n";
print 'containers: ', scalar(() = call('GET', '/containers/json?all=1') =~ /"Id":/g), "\n";

start('one', <<'END', '"HostConfig":{"Binds":["/work/greeting:/greeting:ro","/srv/data:/data"]}');
awk '{ print "user", $1, "is", $2, "outside" }' /proc/self/uid_map
echo "/etc/apt has" $(ls /etc/apt)
echo $(cat /greeting /data/file)
touch /data/new 2>/dev/null && echo written || echo "writes to the test's directory: no"
touch /of-a-container
exit 3
END
wait_for('one');

call('POST', '/networks/create', '{"Name":"team"}');
start('web', <<'END', <<'MORE' =~ s/\n//gr);
perl -MIO::Socket::INET -e '
my $web = IO::Socket::INET->new(LocalPort => 80, Listen => 5) or die;
while (my $client = $web->accept) { print $client "hello from web\n" }'
END
"ExposedPorts":{"80/tcp":{}},
"HostConfig":{"NetworkMode":"team","PortBindings":{"80/tcp":[{"HostPort":""}]}},
"NetworkingConfig":{"EndpointsConfig":{"team":{"Aliases":["web"]}}}
MORE
my ($port) = call('GET', '/containers/web/json') =~ /"HostPort":"(\d+)"/ or die "no port\n";
my $said = '';
for (1 .. 100) { last if ($said = reach("localhost:$port") // '') =~ /^hello/; select undef, undef, undef, 0.1 }
print "web: published at localhost: $said";

start('two', <<'END', '"HostConfig":{"NetworkMode":"team"}');
perl -MIO::Socket::INET -e '
print "reaches web by name: ", IO::Socket::INET->new("web:80")->getline;
print IO::Socket::INET->new(PeerAddr => "192.0.2.1:80", Timeout => 3) ? "reaches" : "cannot reach", " 192.0.2.1\n"'
END
wait_for('two');
print 'test: ', IO::Socket::INET->new(PeerAddr => '192.0.2.1:80', Timeout => 3) ? 'reaches' : 'cannot reach',
    " 192.0.2.1\n";
