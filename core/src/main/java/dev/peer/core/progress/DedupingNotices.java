package dev.peer.core.progress;

import java.util.HashSet;
import java.util.Set;

/** Passes each line on once, for operations that are retried. */
public final class DedupingNotices implements Notices {

  private final Notices notices;
  private final Set<String> said = new HashSet<>();

  /** Passes lines on to these. */
  public DedupingNotices(Notices notices) {
    this.notices = notices;
  }

  @Override
  public void say(String text) {
    boolean isNew;
    synchronized (said) {
      isNew = said.add(text);
    }
    if (isNew) {
      notices.say(text);
    }
  }

  @Override
  public void progress(RunEvent.Progress event) {
    notices.progress(event);
  }

  @Override
  public boolean showsProgress() {
    return notices.showsProgress();
  }
}
