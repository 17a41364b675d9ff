package dev.peer.core.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What POSIX alone says must be what Linux says. */
class PlatformTest {

  private final Platform linux = CurrentPlatform.of("Linux", "own");
  private final Platform other = CurrentPlatform.of("Mac OS X", "own");

  @TempDir private Path directory;

  @Test
  void isLinuxUnlessATestAsksForAnother() {
    assertThat(Platform.current()).isInstanceOf(LinuxPlatform.class);
    assertThat(linux).isInstanceOf(LinuxPlatform.class);
    assertThat(other).isEqualTo(new OtherPlatform("Mac OS X"));
    assertThat(CurrentPlatform.of("Linux", "other")).isEqualTo(new OtherPlatform("Linux"));
    assertThat(linux.lackForMachines()).isEmpty();
    assertThat(other.lackForMachines()).hasValue("tests run on Linux alone, and this is Mac OS X");
  }

  @Test
  void bothKnowWhoseFilesThisProcessMakes() throws Exception {
    Path made = Files.createFile(directory.resolve("made"));

    for (Platform platform : List.of(linux, other)) {
      assertThat(platform.uid()).isEqualTo(Files.getAttribute(made, "unix:uid"));
      assertThat(platform.user()).isEqualTo(Files.getOwner(made));
    }
  }

  @Test
  void bothKnowTheMachineAndTheAgeOfTheProcess() throws Exception {
    assertThat(other.hostName()).isEqualTo(linux.hostName());
    assertThat(other.age().orElseThrow())
        .isCloseTo(linux.age().orElseThrow(), Duration.ofSeconds(2));
    assertThat(linux.residentMemory().orElseThrow()).isGreaterThan(10L << 20);
    assertThat(other.residentMemory()).isEmpty();
  }

  @Test
  void whatIsClosedLeadsNowhere() {
    assertThat(linux.streamKind(100_000)).isEqualTo(StreamKind.CLOSED);
  }

  /** What it cannot see whole, it does not compare. */
  @Test
  void onlyLinuxSaysWhatTheKernelShowsAProcess() throws Exception {
    assertThat(linux.surroundings().orElseThrow()).contains("Umask:", "Uid:", "mnt:[", "net:[");
    assertThat(other.surroundings()).isEmpty();
  }

  @Test
  void noTerminalEndsWhatIsDetached() throws Exception {
    for (Platform platform : List.of(linux, other)) {
      Path ready = directory.resolve("ready" + platform.hashCode());
      Process process =
          new ProcessBuilder(
                  platform.detached(
                      List.of("sh", "-c", "echo $$ >$0.new; mv $0.new $0; sleep 60", "" + ready)))
              .start();
      try {
        while (!Files.exists(ready)) {
          assertThat(process.isAlive()).isTrue();
          Thread.sleep(10);
        }
        assertThat(Files.readString(ready).strip()).isEqualTo(Long.toString(process.pid()));
        if (platform.equals(other)) {
          signal(process, "HUP");
          signal(process, "INT");
          assertThat(process.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
        }
      } finally {
        process.destroy();
      }
      assertThat(process.waitFor()).isEqualTo(128 + 15);
    }
  }

  private static void signal(Process process, String name) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", "-s", name));
    command.add(Long.toString(process.pid()));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }
}
