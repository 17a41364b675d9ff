package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a repository's test cannot do, each shown to be possible where it is meant to be. */
@Timeout(900)
class SealingIT {

  /** The preparation is root in the guest and has the network; it leaves a process behind. */
  private static final String ALL_WAYS =
      """
      prepare-runtime:VQ:
      \tsetsid sh leftover >/dev/null 2>&1 </dev/null &
      \techo `readlink /proc/self/ns/*` >guest; echo $! >>guest
      \tperl probe.pl PORT
      test:VQ:
      \ttouch go
      \techo in the container; perl probe.pl PORT
      \techo in a user namespace
      \tUSERNS=1 perl probe.pl PORT link 'raw socket' 'control channel' disks memory module sysrq \
      \t  'kernel setting' 'guest process' mk host
      \techo ordinary; perl ordinary.pl
      \techo status; grep -E 'CapBnd|CapEff|Seccomp:|NoNewPrivs' /proc/self/status
      \tls /dev /run
      \twhile [ ! -e after ]; do sleep 0.1; done
      \techo left in the guest; cat after
      """;

  private static final String LEFTOVER =
      """
      while [ ! -e go ]; do sleep 0.1; done
      perl probe.pl PORT link host metadata dns resolver disks >after.new
      mv after.new after
      """;

  private static final String ONE_WAY =
      """
      prepare-runtime:VQ:
      \t{ echo nothing; echo 1; } >guest
      \tperl probe.pl PORT host metadata
      test:VQ:
      \tperl probe.pl PORT host mirror unlisted metadata 'own address'
      """;

  /** Those that lead nowhere on some hosts, whatever peer does. */
  private static final List<String> HOST_DECIDES = List.of("dns", "resolver", "unlisted");

  /** Those of this host and next to it, which the preparation does not reach either. */
  private static final List<String> NEAR = List.of("host", "own address", "metadata");

  private Team team;
  private Listener host;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    host = new Listener();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    host.close();
    team.close();
  }

  @Test
  void aTestReachesNothingAndNeitherDoesWhatThePreparationLeftRunning() throws Exception {
    Peer peer = team.peer("laptop");
    Repository repository =
        repository("sealed", ALL_WAYS).write("leftover", atPort(LEFTOVER)).commit();

    Run run = peer.run(repository, "run").hasExitCode(0);

    Map<String, String> prepared = outcomes(run.stderr().lines(), "peer: prepare\\| ");
    assertThat(prepared).hasSize(26);
    for (String way : NEAR) {
      assertThat(prepared.remove(way)).as(way).isEqualTo("refused (No route to host)");
    }
    prepared.keySet().removeAll(HOST_DECIDES);
    assertThat(prepared).allSatisfy((_, outcome) -> assertThat(outcome).isEqualTo("reached"));
    Map<String, String> contained = part(run, "in the container", "in a user namespace");
    assertThat(contained).hasSize(26);
    assertThat(contained.remove("user namespace")).isEqualTo("reached");
    assertThat(contained)
        .allSatisfy((_, outcome) -> assertThat(outcome).matches("refused \\(.*\\)"));
    assertThat(part(run, "in a user namespace", "ordinary"))
        .hasSize(11)
        .allSatisfy((_, outcome) -> assertThat(outcome).matches("refused \\(.*\\)"));
    assertThat(part(run, "ordinary", "status"))
        .hasSize(7)
        .allSatisfy((_, outcome) -> assertThat(outcome).isEqualTo("works"));
    Map<String, String> left = part(run, "left in the guest", "$");
    assertThat(left).hasSize(6).containsEntry("link", "reached").containsEntry("disks", "reached");
    for (String way : List.of("host", "metadata", "dns", "resolver")) {
      assertThat(left.get(way)).as(way).matches("no answer|refused \\(.*\\)");
    }
    assertThat(host.calls()).isZero();
    // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID and NET_BIND_SERVICE.
    assertThat(run.stdout())
        .containsPattern("CapEff:\\s+00000000000004fb\n")
        .containsPattern("CapBnd:\\s+00000000000004fb\n")
        .containsPattern("Seccomp:\\s+2\n")
        .doesNotContainPattern("(?m)^(vport.*|vd.*|virtio-ports|kvm|mem|podman)$");
  }

  @Test
  void anOpenNetworkReachesWhatTheMachinesOwnerListsAndIsSaid() throws Exception {
    String listed = mirror() + ":80,10.0.2.2:" + host.port();
    Peer peer =
        team.peer("laptop").with("PEER_NETWORK", "open").with("PEER_PREPARE_NETWORK", listed);
    Repository repository = repository("open", ONE_WAY).commit();

    Run run = peer.run(repository, "run").hasExitCode(0);
    Map<String, String> qemu = host.qemu().get();
    Run replay = peer.run(repository, "replay").hasExitCode(0);

    assertThat(outcomes(run.stderr().lines(), "peer: prepare\\| "))
        .containsEntry("host", "reached")
        .containsEntry("metadata", "refused (No route to host)");
    Map<String, String> tested = outcomes(run.stdout().lines(), "");
    assertThat(tested)
        .hasSize(5)
        .containsEntry("host", "reached")
        .containsEntry("mirror", "reached")
        .containsEntry("metadata", "refused (No route to host)")
        .containsEntry("own address", "refused (No route to host)");
    assertThat(tested.get("unlisted")).startsWith("refused");
    assertThat(run.stderr())
        .contains("peer: network: open, the test reaches " + listed)
        .contains("peer: refused to resolve unlisted.example.org: PEER_PREPARE_NETWORK omits it");
    assertThat(replay.stderr())
        .contains("peer: network: open, the test reached what that host did");
    peer.with("PEER_NETWORK", "none").run(repository, "replay").refuses(3, "no reachable peer");
    seesThatQemuHasNoPrivilege(qemu);
  }

  private static void seesThatQemuHasNoPrivilege(Map<String, String> status) throws IOException {
    int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    assertThat(status)
        .containsEntry("NoNewPrivs", "1")
        .containsEntry("Seccomp", "2")
        .containsEntry("CapEff", "0".repeat(16))
        .containsEntry("CapPrm", "0".repeat(16))
        .containsEntry("CapInh", "0".repeat(16))
        .containsEntry("CapAmb", "0".repeat(16));
    if (self == 0) {
      assertThat(status.get("Uid")).matches("([1-9]\\d*)(\\s+\\1){3}");
      assertThat(status.get("Gid")).matches("([1-9]\\d*)(\\s+\\1){3}");
      assertThat(status.get("Groups")).isEmpty();
      assertThat(status).containsEntry("CapBnd", "0".repeat(16));
    } else {
      assertThat(status.get("Uid")).startsWith(self + "\t");
    }
    assertThat(status.get("Max core file size")).matches("0\\s+0\\s+bytes");
  }

  private Repository repository(String name, String mkfile) throws Exception {
    return team.repository(name, atPort(mkfile))
        .write(
            "probe.pl",
            resource("probe.pl").replace("OWN", ownAddress()).replace("MIRROR", mirror()))
        .write("ordinary.pl", resource("ordinary.pl"));
  }

  /** The host that this machine gets its packages from. */
  private String mirror() throws Exception {
    String sites =
        team.tool("apt-get", "indextargets", "--format", "$(SITE)").hasExitCode(0).stdout();
    return URI.create(sites.lines().findFirst().orElseThrow()).getHost();
  }

  /** An address at which others reach this host; the loopback interface's where there is none. */
  private static String ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .filter(address -> !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse("127.0.0.1");
  }

  private String atPort(String script) {
    return script.replace("PORT", Integer.toString(host.port()));
  }

  /** The outcomes that the test printed between two lines. */
  private static Map<String, String> part(Run run, String from, String to) {
    List<String> lines = run.stdout().lines().toList();
    int begin = lines.indexOf(from) + 1;
    int end = lines.indexOf(to);
    assertThat(begin).as(run.stdout()).isPositive();
    return outcomes(lines.subList(begin, end < 0 ? lines.size() : end).stream(), "");
  }

  private static Map<String, String> outcomes(Stream<String> lines, String prefix) {
    Map<String, String> outcomes = new TreeMap<>();
    lines
        .filter(
            line -> line.matches(prefix + "[a-z' ]+: (reached|refused|no answer|works|fails).*"))
        .map(line -> line.replaceFirst(prefix, "").split(": ", 2))
        .forEach(line -> outcomes.put(line[0], line[1]));
    return outcomes;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = SealingIT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A service at every address of the host, which looks at the team's machine when called. */
  private final class Listener implements AutoCloseable {

    private final ServerSocket socket = new ServerSocket(0);
    private final AtomicInteger calls = new AtomicInteger();
    private final CompletableFuture<Map<String, String>> qemu = new CompletableFuture<>();

    Listener() throws IOException {
      Thread.ofVirtual().start(this::serve);
    }

    int port() {
      return socket.getLocalPort();
    }

    int calls() {
      return calls.get();
    }

    /** What the kernel says of the machine's process at the first call. */
    CompletableFuture<Map<String, String>> qemu() {
      return qemu;
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket caller = socket.accept()) {
          calls.incrementAndGet();
          if (!qemu.isDone()) {
            qemu.complete(describe(team.machine()));
          }
          caller.getOutputStream().write('\n');
        } catch (IOException | UncheckedIOException | AssertionError e) {
          qemu.completeExceptionally(e);
        }
      }
    }

    private static Map<String, String> describe(long pid) throws IOException {
      Path process = Path.of("/proc", Long.toString(pid));
      Map<String, String> status = new TreeMap<>();
      for (String line : Files.readAllLines(process.resolve("status"))) {
        String[] field = line.split(":", 2);
        status.put(field[0], field[1].strip());
      }
      for (String line : Files.readAllLines(process.resolve("limits"))) {
        String[] field = line.split(" {2,}", 2);
        status.put(field[0], field[1].strip());
      }
      return status;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
