package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The guides do what they say, on a machine that is on no network. */
@Timeout(900)
class GuidesIT {

  private static final int SECONDS = 600;

  /**
   * As from a clone of this repository in {@code ~/peer}, on a machine with the loopback interface
   * alone, on which the guides' host is. What is written below {@code /etc} and {@code /opt} goes
   * with it, and so does every process. The shell stays, to take in those whose parent has ended.
   */
  private static final String MACHINE =
      """
      sources=$1 seconds=$2 script=$3
      ip link set lo up
      mkdir peer etc
      mount --bind "$sources" peer
      mount -o remount,bind,ro peer
      mount -t tmpfs tmpfs etc
      cp -a /etc/. etc
      echo 127.0.0.1 localhost meet.example.org >etc/hosts
      mount --move etc /etc
      mount -t tmpfs tmpfs /opt
      timeout --kill-after=5 "$seconds" sh -eu "$script" || exit $?
      """;

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"peer/docs/certificates.md", "peer/docs/first-hour.md"})
  void startsAsItSays(String name) throws Exception {
    follow(Dist.sources().resolve(name), SECONDS);
  }

  @ParameterizedTest
  @Tag("long")
  @ValueSource(
      strings = {"image/docs/mkfiles.md", "examples/ci/README.md", "examples/deploy/README.md"})
  void goesOnAsItSays(String name) throws Exception {
    follow(Dist.sources().resolve(name), SECONDS);
  }

  /** Blocks in one line: a bar is a line's end, and three quotes are three back quotes. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '@',
      value = {
        "text @ : nothing in it is run",
        "'''sh run|true @ :2: this block does not end",
        "'''sh|true|''' @ :2: run, other or file=NAME was expected",
        "'''sh rum|true|''' @ :2: run, other or file=NAME was expected",
        "'''make file=a b|x|''' @ :2: run, other or file=NAME was expected",
        "'''output|x|''' @ :2: output of what",
        "'''sh run|true|'''||'''text|x|'''||'''output|x|''' @ :10: output of what",
        "'''sh run|true|'''||'''sh run|echo no; false|'''||'''sh run|true|''' @ :6: fails\\nno\\n",
        "'''sh run|echo one; echo two|'''||'''output|one|...|three|''' @ :6: not this was put out",
        "'''sh run|sleep 60|''' @ :2: takes too long"
      })
  void saysWhereAGuideIsWrong(String text, String expected) throws Exception {
    Path document =
        Files.writeString(
            team.root().resolve("bad.md"), text.replace("'''", "```").replace("|", "\n") + "\n");

    assertThatThrownBy(() -> follow(document, 5))
        .isInstanceOf(AssertionError.class)
        .message()
        .containsPattern("bad[.]md" + expected);
  }

  private void follow(Path document, int seconds) throws Exception {
    Guide guide = Guide.read(document);
    Path outputs = Files.createDirectory(team.root().resolve("outputs"));
    Path home = Files.createDirectory(team.root().resolve("reader"));
    Path images = home.resolve(".local/state/peer/images");
    Files.createDirectories(images.getParent());
    Files.createSymbolicLink(images, Dist.images());
    Path script = team.root().resolve("script");
    Files.writeString(script, guide.script(outputs));

    Run run =
        team.start(
                home,
                environment(home),
                List.of(
                    "unshare",
                    "--mount",
                    "--net",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "sh",
                    "-euc",
                    MACHINE,
                    "sh",
                    Dist.sources().toString(),
                    Integer.toString(seconds),
                    script.toString()))
            .await();

    guide.check(outputs, run);
  }

  private static Map<String, String> environment(Path home) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", Dist.home().resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("GIT_CONFIG_COUNT", "3");
    List<String> settings =
        List.of("user.name=Reader", "user.email=reader@example.org", "init.defaultBranch=main");
    for (int i = 0; i < settings.size(); i++) {
      String[] setting = settings.get(i).split("=");
      environment.put("GIT_CONFIG_KEY_" + i, setting[0]);
      environment.put("GIT_CONFIG_VALUE_" + i, setting[1]);
    }
    return environment;
  }
}
