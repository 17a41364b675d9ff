package dev.peer.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.Removal;
import dev.peer.core.store.Removal.Why;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemovedResultsTest {

  private static final RepoId REPO = new RepoId("repo");

  @Test
  void whatWasOneTooManyIsWantedOnceThereIsAPlace() {
    RemovedResults declined = new RemovedResults(List.of());
    declined.add(name(1), Why.NUMBER);

    assertThat(declined.contains(name(1), true)).isTrue();
    assertThat(declined.contains(name(1), false)).isFalse();
    assertThat(declined.contains(name(2), true)).isFalse();
  }

  @Test
  void whatWasTooOldOrTooLargeStaysSo() {
    RemovedResults declined = new RemovedResults(List.of());
    declined.add(name(1), Why.AGE);
    declined.add(name(2), Why.BYTES);

    assertThat(declined.contains(name(1), false)).isTrue();
    assertThat(declined.contains(name(2), false)).isTrue();
  }

  @Test
  void knowsWhatTheStoreTellsAndWantsAnewWhatDidNotHoldLast() {
    RemovedResults declined =
        new RemovedResults(List.of(gone(1, Why.REFUSED), gone(1, Why.AGE), gone(2, Why.AGE)));

    assertThat(declined.contains(name(1), false)).isFalse();
    assertThat(declined.contains(name(2), false)).isTrue();
  }

  private static Removal gone(int number, Why why) {
    return new Removal(Optional.of(REPO), name(number).key(), 1, Instant.EPOCH, Instant.EPOCH, why);
  }

  private static ResultName name(int number) {
    return new ResultName(REPO, new RunKey(Digest.of(new byte[] {(byte) number})));
  }
}
