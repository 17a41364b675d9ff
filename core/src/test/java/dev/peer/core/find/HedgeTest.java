package dev.peer.core.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class HedgeTest {

  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofDays(1);

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private final BlockingQueue<String> late = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> interrupted = new LinkedBlockingQueue<>();

  /** Said by those who wait for it. */
  private final CountDownLatch go = new CountDownLatch(1);

  @Test
  void asksNobodyBesideOneThatAnswers() throws Exception {
    assertThat(hedge(NEVER).first(List.of("gives", "gives-too"))).contains("of gives");
    assertThat(asked).containsExactly("gives");
  }

  @Test
  void asksTheNextAtOnceWhenOneHasFailed() throws Exception {
    assertThat(hedge(NEVER).first(List.of("fails", "fails-too", "gives"))).contains("of gives");
    assertThat(failed).containsExactly("fails: no", "fails-too: no");
  }

  @Test
  void asksTheNextBesideOneThatSaysNothing() throws Exception {
    assertThat(hedge(AT_ONCE).first(List.of("silent", "silent-too", "gives"))).contains("of gives");
    assertThat(failed).isEmpty();
    assertThat(List.of(interrupted.take(), interrupted.take()))
        .containsExactlyInAnyOrder("silent", "silent-too");
  }

  @Test
  void waitsForTheLastOfThem() throws Exception {
    assertThat(hedge(AT_ONCE).first(List.of("waits", "lets-go"))).contains("of waits");
  }

  @Test
  void isEmptyWhenAllHaveFailed() throws Exception {
    assertThat(hedge(AT_ONCE).first(List.of("fails", "fails-too"))).isEmpty();
    assertThat(failed).containsExactlyInAnyOrder("fails: no", "fails-too: no");
    assertThat(hedge(AT_ONCE).first(List.of())).isEmpty();
  }

  @Test
  void handsOverWhatCameTooLate() throws Exception {
    assertThat(hedge(AT_ONCE).first(List.of("stubborn", "gives"))).contains("of gives");
    go.countDown();

    assertThat(late.take()).isEqualTo("of stubborn");
  }

  @Test
  void throwsAFaultOfTheProgram() {
    assertThatThrownBy(() -> hedge(NEVER).first(List.of("broken", "gives")))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("broken");
  }

  @Test
  void interruptsThemWhenItIsInterrupted() throws Exception {
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    hedge(NEVER).first(List.of("silent"));
                  } catch (InterruptedException e) {
                    interrupted.add("waiting");
                  }
                });
    while (asked.isEmpty()) {
      Thread.onSpinWait();
    }
    waiting.interrupt();

    assertThat(List.of(interrupted.take(), interrupted.take()))
        .containsExactlyInAnyOrder("silent", "waiting");
  }

  private Hedge<String, String, String> hedge(Duration delay) {
    return new Hedge<>(delay, this::answer, (who, why) -> failed.add(who + ": " + why), late::add);
  }

  private Hedge.Answer<String, String> answer(String who) throws InterruptedException {
    asked.add(who);
    switch (who.replace("-too", "")) {
      case "fails" -> {
        return new Hedge.Answer.Failed<>("no");
      }
      case "lets-go" -> {
        go.countDown();
        return new Hedge.Answer.Failed<>("no");
      }
      case "silent" -> awaitInterruption(who);
      case "waits" -> go.await();
      case "stubborn" -> awaitStubbornly();
      case "broken" -> throw new IllegalArgumentException("broken");
      default -> {}
    }
    return new Hedge.Answer.Given<>("of " + who);
  }

  private void awaitInterruption(String who) throws InterruptedException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.add(who);
      throw e;
    }
  }

  private void awaitStubbornly() {
    while (go.getCount() > 0) {
      try {
        go.await();
      } catch (InterruptedException e) {
        continue;
      }
    }
  }
}
