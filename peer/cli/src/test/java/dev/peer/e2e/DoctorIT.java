package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code peer doctor}, where all is well and where one thing is not. */
@Timeout(900)
class DoctorIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Team team;

  @BeforeEach
  void make() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void findsNothingWrongWhereARunWouldDo() throws Exception {
    team.startRendezvous(team.peer("rendezvous"));
    Peer peer = team.peer("laptop");
    Repository repository = team.repository("well", "test:V:\n\ttrue\n");

    Run doctor = peer.run(repository, "doctor").hasExitCode(0);

    assertThat(doctor.stdout())
        .containsPattern("(?m)^ok +settings ")
        .containsPattern("(?m)^(ok|warning) +disk +" + peer.home())
        .containsPattern("(?m)^ok +qemu ")
        .containsPattern("(?m)^(ok +accelerator +kvm|warning +accelerator +tcg)")
        .containsPattern("(?m)^ok +network +preparations reach what this host does, but not it$")
        .containsPattern(
            "(?m)^ok +image +"
                + Dist.imageDigest()
                + ", every byte checked; built here; no signer vouches for it$")
        .containsPattern("(?m)^ok +certificate +CN=laptop, until ")
        .containsPattern("(?m)^ok +rendezvous +127.0.0.1:\\d+ is CN=rendezvous$")
        .containsPattern("(?m)^warning +rules +PEER_ALLOW_SIGN is not set")
        .containsPattern("(?m)^warning +rendezvous +.* with which it may sign results")
        .containsPattern("(?m)^ok +clock ")
        .containsPattern("(?m)^ok +reach +127.0.0.1:\\d+ reaches this peer at 127.0.0.1:\\d+$")
        .doesNotContain("error ");
    assertThat(doctor.stderr()).isEmpty();
  }

  @Test
  void saysOfEachThingWhatIsWrongAndHowToMendIt() throws Exception {
    Peer peer =
        team.peer("laptop")
            .withoutQemu()
            .with("PEER_RENDEZVOUZ", "https://127.0.0.1:1")
            .with("PEER_RENDEZVOUS", "https://127.0.0.1:1")
            .with("PEER_ALLOW_SIGN", "ou:nobody-has-this");

    JsonNode answer =
        JSON.readTree(peer.run(team.root(), "doctor", "--json").hasExitCode(2).stdout());

    assertThat(answer.get("healthy").asBoolean()).isFalse();
    assertThat(verdict(answer, "settings")).isEqualTo("warning");
    assertThat(of(answer, "settings").get("what").asText())
        .contains("did you mean PEER_RENDEZVOUS");
    assertThat(verdict(answer, "qemu")).isEqualTo("warning");
    assertThat(verdict(answer, "rendezvous")).isEqualTo("error");
    assertThat(answer.get("checks"))
        .anyMatch(check -> check.get("what").asText().contains("it may not sign"))
        .allMatch(check -> check.get("verdict").asText().equals("ok") || check.has("mend"));
  }

  @Test
  void saysWhereQemuCannotKeepGuestsFromThisHost() throws Exception {
    Path bin = Files.createDirectory(team.root().resolve("unfiltered"));
    Path qemu =
        Files.writeString(
            bin.resolve("qemu-system-x86_64"),
            """
            #!/bin/sh
            case "$*" in *filter-redirector*) exit 1;; esac
            exec /usr/bin/qemu-system-x86_64 "$@"
            """);
    Files.setPosixFilePermissions(qemu, PosixFilePermissions.fromString("rwxr-xr-x"));
    Peer peer = team.peer("laptop").with("PATH", bin + ":" + System.getenv("PATH"));

    JsonNode answer = JSON.readTree(peer.run(team.root(), "doctor", "--json").stdout());

    assertThat(verdict(answer, "network")).isEqualTo("warning");
    assertThat(of(answer, "network").get("mend").asText()).contains("PEER_PREPARE_NETWORK=none");
  }

  @Test
  void seesTheDiskInAChrootThatLiesOnNoMount() throws Exception {
    Path root = Files.createDirectory(team.root().resolve("chroot"));
    String enter =
        """
        cd "$0"
        for directory in bin dev etc lib lib64 proc usr "$1"; do
            mkdir -p "./$directory" && mount --rbind "/${directory#/}" "./$directory"
        done
        shift
        exec chroot . "$@"
        """;
    Peer inside =
        team.peer("laptop")
            .with("PEER_HOME", "/state/peer")
            .in(
                List.of(
                    "unshare", "-m", "sh", "-euc", enter, root.toString(), Dist.home().toString()));

    JsonNode answer = JSON.readTree(inside.run(team.root(), "doctor", "--json").stdout());

    assertThat(of(answer, "disk").get("what").asText()).matches("/state/peer, \\d+ GiB free");
    assertThat(root.resolve("state/peer")).isDirectory();
  }

  @Test
  void goesOnWhereTheCertificateIsOfNoUse() throws Exception {
    Peer unset = team.peer("unset").with("PEER_CERT", "");
    assertThat(unset.run(team.root(), "doctor").hasExitCode(2).stdout())
        .containsPattern("(?m)^error +certificate +PEER_CERT is not set$")
        .containsPattern("(?m)^ok +qemu ");

    Authority.Identity identity = team.authority().issue("open", Authority.Key.EC_P256);
    Files.setPosixFilePermissions(identity.key(), PosixFilePermissions.fromString("rw-r--r--"));
    Peer open = team.peer("open", identity);
    assertThat(open.run(team.root(), "doctor").hasExitCode(2).stdout())
        .containsPattern("(?m)^error +certificate +PEER_KEY.*")
        .contains("fix: ");
  }

  @Test
  void saysThatARendezvousDoesNotReachIt() throws Exception {
    team.startRendezvous(team.peer("rendezvous"));
    int closed = Team.freePort();
    Peer peer = team.peer("laptop").with("PEER_ADVERTISE", "127.0.0.1:" + closed);

    assertThat(peer.run(team.root(), "doctor").hasExitCode(0).stdout())
        .containsPattern("(?m)^warning +reach .*none of 127.0.0.1:" + closed);
  }

  private static String verdict(JsonNode answer, String check) {
    return of(answer, check).get("verdict").asText();
  }

  private static JsonNode of(JsonNode answer, String check) {
    for (JsonNode one : answer.get("checks")) {
      if (one.get("check").asText().equals(check)) {
        return one;
      }
    }
    throw new AssertionError("no check of " + check + " in " + answer);
  }
}
