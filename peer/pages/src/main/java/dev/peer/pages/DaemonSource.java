package dev.peer.pages;

import java.io.IOException;
import java.util.Optional;

/** What the daemon that serves does and keeps now. */
public interface DaemonSource {

  /** All of it, whoever asks; empty: the daemon is starting. */
  Optional<DaemonView> now() throws IOException;
}
