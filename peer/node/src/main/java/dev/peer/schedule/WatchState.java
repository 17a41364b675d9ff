package dev.peer.schedule;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of a watched repository.
 *
 * @param directory its root
 * @param commit that {@code HEAD} named last; none: it was never looked at
 * @param crontabOf the tree whose crontab this is; none: no crontab was made yet
 * @param crontab as it was made; empty: no rule makes one
 * @param handled up to when each of its lines was handled
 */
record WatchState(
    Path directory,
    Optional<CommitId> commit,
    Optional<TreeId> crontabOf,
    String crontab,
    SortedMap<String, Instant> handled) {

  WatchState {
    handled = Collections.unmodifiableSortedMap(new TreeMap<>(handled));
  }

  static WatchState nothing(Path directory) {
    return new WatchState(directory, Optional.empty(), Optional.empty(), "", new TreeMap<>());
  }

  WatchState withCommit(CommitId newest) {
    return new WatchState(directory, Optional.of(newest), crontabOf, crontab, handled);
  }

  /** Forgets the lines that are not in it. */
  WatchState withCrontab(TreeId of, String text, Crontab lines) {
    SortedMap<String, Instant> kept = new TreeMap<>(handled);
    kept.keySet().retainAll(lines.lines().stream().map(CrontabLine::toString).toList());
    return new WatchState(directory, commit, Optional.of(of), text, kept);
  }

  WatchState withHandled(CrontabLine line, Instant until) {
    SortedMap<String, Instant> changed = new TreeMap<>(handled);
    changed.put(line.toString(), until);
    return new WatchState(directory, commit, crontabOf, crontab, changed);
  }

  byte[] json() {
    ObjectNode json = JsonTree.object();
    json.put("directory", directory.toString());
    commit.ifPresent(id -> json.put("commit", id.hex()));
    crontabOf.ifPresent(id -> json.put("crontabOf", id.hex()));
    json.put("crontab", crontab);
    ObjectNode lines = json.putObject("handled");
    handled.forEach((line, until) -> lines.put(line, until.toString()));
    return JsonTree.bytes(json);
  }

  static WatchState parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("the state of a watched repository", bytes);
    try {
      SortedMap<String, Instant> handled = new TreeMap<>();
      json.textMap("handled").forEach((line, until) -> handled.put(line, Instant.parse(until)));
      WatchState seen =
          new WatchState(
              json.value("directory", Path::of),
              json.optionalValue("commit", CommitId::new),
              json.optionalValue("crontabOf", TreeId::new),
              json.text("crontab"),
              handled);
      json.end();
      return seen;
    } catch (DateTimeException e) {
      throw new MalformedException("the state of a watched repository: " + e.getMessage(), e);
    }
  }
}
