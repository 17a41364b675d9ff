package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest on a host that has IPv6 alone: a name server, and a server of packages behind a router.
 * The host answers at all its addresses, and, being a router, datagrams to that of its network's
 * routers.
 */
@Timeout(900)
class GuestIPv6IT {

  private static final String ROUTER = "2001:db8:77::1";
  private static final String HOST = "2001:db8:77::2";
  private static final String ROUTERS = "2001:db8:77::";
  private static final String PRIVATE = "fd00:99::2";
  private static final String SERVER = "2001:db8:80::1";
  private static final String OTHER = "2001:db8:80::2";
  private static final String NAME = "packages.example.test";
  private static final String CONTENT = "from the server\n";

  /** Those that lead to the host wherever nothing stands before them. */
  private static final List<String> ITS_OWN =
      List.of(HOST, ROUTERS, PRIVATE, "::1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "2001:2::2");

  private static final List<String> NEAR =
      List.of(
          "::",
          "::127.0.0.1",
          "64:ff9b::127.0.0.1",
          "64:ff9b::169.254.169.254",
          "64:ff9b:1::1",
          "2002:7f00:1::1",
          "2002:a9fe:a9fe::1",
          "2001:2::77",
          "fe80::1",
          "fe80::2",
          "fec0::2",
          "fd00:ec2::254");

  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/greeting
      base-image:VQ:
      \tpodman build --quiet --tag $CONTAINERIMAGE . 2>&1
      prepare-runtime:VQ: base-image
      \tcurl --fail --silent --show-error http://NAME:8080/file >file
      \tperl frames6.pl 8080 SERVER ADDRESSES >frames
      test:VQ:
      \tgreeting
      \tcat file frames
      \tperl -MIO::Socket::IP -e '$s = IO::Socket::IP->new(PeerHost => "NAME", PeerPort => 8080) or die "$@\\n";' \\
      \t  -e 'print $s "GET /file HTTP/1.0\\r\\n\\r\\n"; while (<$s>) { last unless /\\S/ } print <$s>'
      """;

  private static final String CONTAINERFILE =
      """
      FROM localhost/ci-base
      RUN rm -rf /etc/apt/sources.list* && \\
          echo 'deb [trusted=yes] http://NAME:8080/ ./' >/etc/apt/sources.list && \\
          apt-get update && apt-get install --yes greeting
      """;

  private static final String CONTROL =
      """
      Package: greeting
      Version: 1
      Architecture: all
      Maintainer: nobody <nobody@example.test>
      Description: greets
      """;

  private Team team;
  private NetworkNamespaces network;
  private Peer laptop;

  @BeforeAll
  static void asRoot() {
    NetworkNamespaces.assumeRoot();
  }

  @BeforeEach
  void makeTheNetwork() throws Exception {
    team = Team.create();
    network = Cable.between(HOST + "/64", ROUTER + "/64");
    network.ip("laptop", "address", "add", PRIVATE + "/64", "dev", Cable.DEVICE, "nodad");
    network.ip("laptop", "route", "add", "default", "via", ROUTER);
    network.run("laptop", List.of("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"));
    network.setNameServer("laptop", ROUTER);
    for (String address : List.of(SERVER, OTHER)) {
      network.ip("server", "address", "add", address + "/128", "dev", "lo", "nodad");
    }
    Path served = Files.createDirectory(team.root().resolve("served"));
    Files.writeString(served.resolve("file"), CONTENT);
    makePackage(served);
    start("server", NameServer.command(ROUTER, NAME + "=" + SERVER, "other.example.test=" + OTHER))
        .awaitLine("^(answering)$");
    for (String in : List.of("server", "laptop")) {
      start(in, List.of("busybox", "httpd", "-f", "-p", "[::]:8080", "-h", served.toString()));
    }
    laptop = team.peer("laptop").in(network.in("laptop"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      team.close();
    } finally {
      network.close();
    }
  }

  @Test
  void thePreparationInstallsAPackageAndNothingLeadsToTheHost() throws Exception {
    for (String address : List.of(HOST, PRIVATE, "::1")) {
      network.run("laptop", reaches(address));
    }
    List<String> addresses = new ArrayList<>(ITS_OWN);
    addresses.addAll(NEAR);
    Repository repository =
        team.repository(
                "project",
                MKFILE
                    .replace("ADDRESSES", String.join(" ", addresses))
                    .replace("NAME", NAME)
                    .replace("SERVER", SERVER))
            .write("Containerfile", CONTAINERFILE.replace("NAME", NAME))
            .write("frames6.pl", resource("frames6.pl"))
            .commit();

    Run run = laptop.with("PEER_NETWORK", "open").run(repository, "run", "--exit");

    List<String> expected =
        new ArrayList<>(List.of("hello", "from the server", SERVER + " reached"));
    addresses.forEach(address -> expected.add(address + " prohibited"));
    expected.add("from the server");
    assertThat(run.hasExitCode(0).stdout().lines()).containsExactlyElementsOf(expected);
  }

  @Test
  void aListHoldsForItsIPv6AddressesToo() throws Exception {
    Repository repository =
        team.repository(
            "project",
            """
            prepare-runtime:VQ:
            \tfor url in NAME:8080 NAME:8081 [OTHER]:8080 [SERVER]:53 other.example.test:8080 [ROUTER]:8080; do
            \t  curl --silent --max-time 60 "http://$url/file" || echo "$url $?"
            \tdone >outcomes
            test:VQ:
            \tcat outcomes
            """
                .replace("NAME", NAME)
                .replace("OTHER", OTHER)
                .replace("SERVER", SERVER)
                .replace("ROUTER", ROUTER));

    Run run =
        laptop
            .with("PEER_PREPARE_NETWORK", NAME + ":8080,[" + OTHER + "]:8080")
            .run(repository, "run", "--exit");

    assertThat(run.hasExitCode(0).stdout())
        .isEqualTo(
            CONTENT
                + NAME
                + ":8081 7\n"
                + CONTENT
                + "["
                + SERVER
                + "]:53 7\n"
                + "other.example.test:8080 6\n"
                + "["
                + ROUTER
                + "]:8080 7\n");
    assertThat(run.stderr())
        .contains("refused to resolve other.example.test: PEER_PREPARE_NETWORK omits it");
  }

  private static List<String> reaches(String address) {
    return List.of(
        "busybox", "wget", "-q", "-O", "/dev/null", "http://[" + address + "]:8080/file");
  }

  private Run start(String in, List<String> command) throws IOException {
    List<String> whole = new ArrayList<>(network.in(in));
    whole.addAll(command);
    return team.start(team.root(), Map.of("PATH", System.getenv("PATH")), whole);
  }

  /** A repository of one package without a signature. */
  private void makePackage(Path served) throws Exception {
    Path tree = team.root().resolve("greeting");
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.writeString(tree.resolve("DEBIAN/control"), CONTROL);
    Path program = Files.createDirectories(tree.resolve("usr/bin")).resolve("greeting");
    Files.writeString(program, "#!/bin/sh\necho hello\n");
    assertThat(program.toFile().setExecutable(true, false)).isTrue();
    Path made = served.resolve("greeting.deb");
    team.tool("dpkg-deb", "--root-owner-group", "--build", tree.toString(), made.toString())
        .hasExitCode(0);
    byte[] bytes = Files.readAllBytes(made);
    Files.writeString(
        served.resolve("Packages"),
        CONTROL
            + "Filename: ./greeting.deb\nSize: "
            + bytes.length
            + "\nSHA256: "
            + Digest.of(bytes).hex()
            + "\n");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = GuestIPv6IT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
