package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.id.Architecture;
import dev.peer.core.network.Reach;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.vm.network.NetworkRules;
import dev.peer.vm.qemu.Qemu;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestNetworkTest {

  private static final Reach LIST = Reach.parse("example.org");

  @TempDir private Path directory;
  private final Transcript transcript = new Transcript();

  @Test
  void whatAGuestSendsIsFilteredByTheQemuThatIsInstalled() throws Exception {
    GuestNetwork network =
        GuestNetwork.of(
            LIST, Qemu.find(Architecture.AMD64, System.getenv()), directory, OpenWayOut.NONE);

    network.warn(transcript);

    assertThat(network.filtered()).isTrue();
    assertThat(network.rules()).isEqualTo(NetworkRules.of(LIST));
    assertThat(transcript.notes).isEmpty();
  }

  @Test
  void theEvidenceSaysWhatThePreparationReachedAndWhetherThisHostToo() {
    assertThat(evidence("open", true)).isEqualTo(PreparationNetwork.open(false));
    assertThat(evidence("open", false)).isEqualTo(PreparationNetwork.open(true));
    assertThat(evidence("none", false)).isEqualTo(PreparationNetwork.none());
    assertThat(evidence("example.org:80,192.0.2.7", true))
        .isEqualTo(PreparationNetwork.hosts(List.of("example.org:80", "192.0.2.7"), false));
    assertThat(evidence("example.org,10.0.2.2:3128", true))
        .isEqualTo(PreparationNetwork.hosts(List.of("example.org", "10.0.2.2:3128"), true));
  }

  private static PreparationNetwork evidence(String reach, boolean filtered) {
    return new GuestNetwork(Reach.parse(reach), filtered, OpenWayOut.NONE).ofPreparation();
  }

  @Test
  void aQemuThatCannotFilterIsToldOfAndHasNoList() throws Exception {
    Qemu unable = qemuThatCannotFilter();

    GuestNetwork.of(new Reach.Open(), unable, directory, OpenWayOut.NONE).warn(transcript);
    GuestNetwork.of(new Reach.None(), unable, directory, OpenWayOut.NONE).warn(transcript);

    assertThat(transcript.notes)
        .containsExactly(
            "network: this QEMU cannot filter it, so the preparation reaches services of this"
                + " host");
    assertThat(GuestNetwork.of(new Reach.Open(), unable, directory, OpenWayOut.NONE).filtered())
        .isFalse();
    assertThatThrownBy(() -> GuestNetwork.of(LIST, unable, directory, OpenWayOut.NONE))
        .isInstanceOf(ExecutorException.class)
        .hasMessageContaining("PEER_PREPARE_NETWORK lists hosts");
  }

  @Test
  void aQemuIsStartedOnceToLearnThatItFilters() throws Exception {
    Path asked = directory.resolve("asked");
    Qemu qemu = qemu("#!/bin/sh\necho >>" + asked + "\n");

    assertThat(qemu.filtersNetwork(directory)).isTrue();
    assertThat(qemu.filtersNetwork(directory)).isTrue();
    assertThat(Files.readAllLines(asked)).hasSize(1);

    Files.setLastModifiedTime(
        directory.resolve("qemu-system-x86_64"), FileTime.from(Instant.EPOCH));
    assertThat(qemu.filtersNetwork(directory)).isTrue();
    assertThat(Files.readAllLines(asked)).hasSize(2);
  }

  /** As one that was built without the object. */
  private Qemu qemuThatCannotFilter() throws Exception {
    return qemu(
        """
        #!/bin/sh
        echo "Parameter 'qom-type' does not accept value" >&2
        exit 1
        """);
  }

  private Qemu qemu(String script) throws Exception {
    Path program = Files.writeString(directory.resolve("qemu-system-x86_64"), script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Qemu.find(Architecture.AMD64, Map.of("PATH", directory + ":" + System.getenv("PATH")));
  }
}
