package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.scratch.ScratchDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code peer join} on a second machine, and the settings file that every command then reads. */
@Timeout(300)
class SettingsFileIT {

  private Team team;
  private Peer newcomer;
  private Path directory;
  private Path env;

  @BeforeEach
  void startRendezvous() throws Exception {
    team = Team.create();
    team.startRendezvous(team.peer("rendezvous"));
    newcomer =
        team.peer("newcomer")
            .without("PEER_CA")
            .without("PEER_CERT")
            .without("PEER_KEY")
            .without("PEER_RENDEZVOUS");
    directory = team.root().resolve(".config/peer");
    env = directory.resolve("env");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aNewcomerMakesARequestAndJoinsWithWhatTheAuthorityMadeOfIt() throws Exception {
    Path request = directory.resolve("request.pem");
    Path certificate = team.root().resolve("signed/newcomer.pem");

    Run made = join("--csr").hasExitCode(0);
    team.tool(
            Dist.command("peer-pki").toString(),
            "issue",
            "newcomer",
            "--csr",
            request.toString(),
            "--dir",
            team.authority().directory().toString(),
            "--out",
            certificate.getParent().toString())
        .hasExitCode(0);
    Run joined =
        join("--ca", team.authority().certificate().toString(), "--cert", certificate.toString())
            .hasExitCode(0);

    assertThat(made.stderr()).contains("peer: made a key and a request: " + request + "\n");
    assertThat(permissions(directory.resolve("key.pem"))).isEqualTo("rw-------");
    assertThat(certificate.resolveSibling("newcomer-key.pem")).doesNotExist();
    assertThat(env)
        .hasContent(
            "PEER_RENDEZVOUS=%s\nPEER_CA=%s\nPEER_CERT=%s\nPEER_KEY=%s\n"
                .formatted(
                    team.rendezvous(),
                    team.authority().certificate(),
                    certificate,
                    directory.resolve("key.pem")));
    assertThat(permissions(env)).isEqualTo("rw-------");
    assertThat(joined.stderr()).containsPattern("(?m)^peer: 127.0.0.1:\\d+ is CN=rendezvous$");
    assertThat(joined.stdout())
        .containsPattern(
            "(?m)^ok +settings +" + env + " has PEER_CERT, PEER_KEY, PEER_CA, PEER_REN")
        .containsPattern("(?m)^ok +rendezvous ");
    join("--csr").refuses(2, "key.pem is there already");
  }

  @Test
  void anotherAuthorityAndNoAnswerAreErrorsThatWriteNothing() throws Exception {
    Authority other = Authority.create(team.root().resolve("other"), "Other CA");
    Authority.Identity stranger = other.issue("stranger", Authority.Key.EC_P256);
    Authority.Identity member = team.authority().issue("member", Authority.Key.EC_P256);

    join(other, stranger).refuses(4, "127.0.0.1:\\d+");
    join(other, member).refuses(2, "own certificate would be refused by others");
    join().refuses(2, "PEER_CA is not set, and there is no " + directory.resolve("ca.pem"));
    newcomer
        .run(
            team.root(),
            "join",
            "https://127.0.0.1:" + Team.freePort(),
            "--ca",
            team.authority().certificate().toString(),
            "--cert",
            member.certificate().toString(),
            "--key",
            member.key().toString())
        .refuses(4, "127.0.0.1:\\d+");
    newcomer.run(team.root(), "join", "http://meet", "--csr", "--ca", "x").refuses(2, "--csr does");

    assertThat(directory).doesNotExist();
  }

  @Test
  void anotherTimeItKeepsTheOtherLinesAndSaysWhatItReplaced() throws Exception {
    Authority.Identity first = team.authority().issue("first", Authority.Key.EC_P256);
    Authority.Identity second = team.authority().issue("second", Authority.Key.EC_P256);
    join(team.authority(), first).hasExitCode(0);
    Files.writeString(env, "# mine\nPEER_MEMORY=3G\n" + Files.readString(env));

    Run again = join(team.authority(), second).hasExitCode(0);

    assertThat(again.stderr()).contains("peer: replaced there: PEER_CERT, PEER_KEY\n");
    assertThat(env)
        .content()
        .startsWith("# mine\nPEER_MEMORY=3G\nPEER_RENDEZVOUS=")
        .contains("PEER_CERT=" + second.certificate() + "\n")
        .doesNotContain("first");
  }

  @Test
  void everyCommandReadsItAndTheEnvironmentComesFirst() throws Exception {
    Authority.Identity member = team.authority().issue("member", Authority.Key.EC_P256);
    join(team.authority(), member).hasExitCode(0);
    Repository repository = team.repository("sample", "test:V:\n\ttrue\n");

    newcomer.run(repository, "replay").refuses(3, "no reachable peer holds a result");
    newcomer
        .with("PEER_RENDEZVOUS", "https://127.0.0.1:1")
        .run(repository, "doctor")
        .hasExitCode(4);
    newcomer.run(repository, "daemon", "start").hasExitCode(0);
    newcomer.run(repository, "ls").hasExitCode(0);
    Files.writeString(env, "PEER_CA=ca.pem\n");
    newcomer.run(repository, "ls").refuses(2, env + ", line 1: PEER_CA names a relative path");
    newcomer.run(repository, "daemon", "status").refuses(2, "names a relative path");
    Files.delete(env);
    newcomer.run(repository, "ls").refuses(2, "PEER_CA is not set");
    newcomer.run(repository, "daemon", "stop").hasExitCode(0);
  }

  /** A service that gave up its user often has HOME of the one before. */
  @Test
  void onePastADirectoryThatIsClosedToUsIsNotOurs() throws Exception {
    Peer service =
        newcomer
            .with("PEER_HOME", "/nonexistent")
            .in(List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

    service
        .run(Path.of("/"), "rendezvous", "--listen", "127.0.0.1:0")
        .refuses(2, "PEER_CERT and PEER_KEY and PEER_CA are not set");

    Path own = Path.of(team.tool("mktemp", "-d").stdout().strip());
    try {
      Files.createDirectories(own.resolve("peer"));
      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.writeString(own.resolve("peer/env"), "PEER_CPUS=1\n");
      Files.setPosixFilePermissions(
          own.resolve("peer/env"), PosixFilePermissions.fromString("rw-------"));

      service
          .with("XDG_CONFIG_HOME", own)
          .run(Path.of("/"), "rendezvous", "--listen", "127.0.0.1:0")
          .refuses(2, "env cannot be read");
    } finally {
      ScratchDirectory.delete(own);
    }
  }

  private Run join(Authority authority, Authority.Identity identity) throws Exception {
    return join(
        "--ca",
        authority.certificate().toString(),
        "--cert",
        identity.certificate().toString(),
        "--key",
        identity.key().toString());
  }

  private Run join(String... options) throws Exception {
    String[] words = new String[options.length + 2];
    words[0] = "join";
    words[1] = team.rendezvous();
    System.arraycopy(options, 0, words, 2, options.length);
    return newcomer.run(team.root(), words);
  }

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
