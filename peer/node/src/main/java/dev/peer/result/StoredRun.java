package dev.peer.result;

import dev.peer.core.id.RunKey;
import dev.peer.core.store.RunLogs;
import dev.peer.core.store.StoredEntry;

/** A run that is kept here. */
public sealed interface StoredRun {

  /** A result, unverified. */
  record Result(RunKey key, StoredEntry entry) implements StoredRun {}

  /** A run that did not pass. */
  record Failure(RunLogs.FailureLog log) implements StoredRun {}
}
