package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.key.TestOptions;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.GuestVersions;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuestOptionsTest {

  private static final TestOptions CONTAINERS = TestOptions.DEFAULT.withContainers();

  @Test
  void asksForContainersOnlyWhereTheRunDoes() {
    assertThat(GuestOptions.of(CONTAINERS)).containsEntry("containers", "on").hasSize(1);
    assertThat(GuestOptions.of(TestOptions.DEFAULT)).isEmpty();
  }

  @Test
  void refusesAnImageWhoseGuestsWouldGiveNoContainers() {
    assertThatExceptionOfType(ExecutorException.class)
        .isThrownBy(() -> GuestOptions.requireKnown(CONTAINERS, image(Set.of("other"))))
        .withMessageContaining("is older than PEER_CONTAINERS=on")
        .satisfies(e -> assertThat(e.hint()).contains("peer image build"));
  }

  @Test
  void takesAnImageThatKnowsWhatIsAskedFor() {
    assertThatCode(() -> GuestOptions.requireKnown(CONTAINERS, image(Set.of("containers"))))
        .doesNotThrowAnyException();
    assertThatCode(() -> GuestOptions.requireKnown(TestOptions.DEFAULT, image(Set.of())))
        .doesNotThrowAnyException();
  }

  private static GuestImage image(Set<String> options) {
    return new GuestImage(
        Digest.of(new byte[0]),
        Path.of("/images/i"),
        Architecture.AMD64,
        "quiet",
        new GuestVersions("mk", "agent"),
        options);
  }
}
