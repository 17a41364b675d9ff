package dev.peer.daemonhost;

import dev.peer.identity.Identities;
import dev.peer.identity.Watch;
import dev.peer.report.Interruption;
import dev.peer.terminal.HangUp;
import java.time.Duration;

/**
 * While it is open, reads certificate, CAs, lists and rules again when their files change, at the
 * latest after two intervals, and at once on SIGHUP. When the terminal goes away, the command ends.
 */
public final class IdentityReloader implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Identities identities;
  private final Interruption interruption;
  private final Watch watch;
  private final HangUp hangUp;

  public IdentityReloader(Identities identities, Interruption interruption) {
    this.identities = identities;
    this.interruption = interruption;
    watch = new Watch(this::look, INTERVAL);
    hangUp = new HangUp(watch::ask);
    watch.start();
  }

  private void look(boolean now) {
    if (hangUp.isTerminalGone()) {
      interruption.end();
    } else {
      identities.refresh(now);
    }
  }

  @Override
  public void close() {
    hangUp.close();
    watch.close();
  }
}
