package dev.peer.core.progress;

import java.util.LinkedHashSet;

/** Passes each line on once, for operations that are retried; after many others, once more. */
public final class DedupingNotices implements Notices {

  private static final int MOST = 1_000;

  private final Notices notices;
  private final LinkedHashSet<String> said = new LinkedHashSet<>();

  /** Passes lines on to these. */
  public DedupingNotices(Notices notices) {
    this.notices = notices;
  }

  @Override
  public void say(String text) {
    boolean isNew;
    synchronized (said) {
      isNew = said.add(text);
      if (said.size() > MOST) {
        said.removeFirst();
      }
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
