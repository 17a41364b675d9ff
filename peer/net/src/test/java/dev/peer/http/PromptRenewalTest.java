package dev.peer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.tls.PlainTls;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * The same, where requests are answered at once, and what is not taken at once of an answer later.
 */
class PromptRenewalTest extends RenewalTest {

  private final List<String> order = new CopyOnWriteArrayList<>();
  private final Thread renewal = Thread.ofPlatform().unstarted(this::renew);
  private volatile boolean renews;

  @Override
  Service service() {
    return Https.prompt(
        call -> {
          if (renews) {
            awaitRenewal();
          }
          answer(call);
          order.add("answered");
        });
  }

  @Test
  void aChangeWaitsForWhatIsBeingAnswered() throws Exception {
    renews = true;

    assertThat(answerTo(PlainTls.context(mallory))).startsWith("HTTP/1.1 200");
    renewal.join();

    assertThat(order).containsExactly("answered", "renewed");
  }

  private void awaitRenewal() {
    renewal.start();
    while (renewal.getState() != Thread.State.BLOCKED && renewal.isAlive()) {
      Thread.onSpinWait();
    }
  }

  private void renew() {
    identity().renew(serving, team.validator(mallory));
    order.add("renewed");
  }
}
