package dev.peer.pages;

import dev.peer.core.id.RunKey;
import java.util.List;
import java.util.Optional;

/** The runs that go on at a peer now. Those that have ended are none of them. */
public interface RunSource {

  /** All of them, the one that was announced first first. */
  List<RunInProgress> running();

  /** The one that was announced last of those with this key. */
  Optional<RunInProgress> runningWithKey(RunKey key);
}
