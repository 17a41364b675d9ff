package dev.peer.pages;

import dev.peer.core.id.RunKey;
import dev.peer.core.store.StoredRecord;
import java.util.List;
import java.util.Optional;

/** The results that a peer serves now. They stay open while they are among these. */
public interface ResultSource {

  /** All of them, the last of each run. */
  List<StoredRecord> all();

  /** The last of a run. */
  Optional<StoredRecord> withKey(RunKey key);
}
