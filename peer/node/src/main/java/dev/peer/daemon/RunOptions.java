package dev.peer.daemon;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * How something is run.
 *
 * @param force run although there is a result
 * @param fresh run without the disks kept of the repository's earlier runs
 * @param audit then run once more without any cache, and compare
 * @param artifacts where the artifacts are copied to, if they are
 * @param copies how many other peers are to hold the result before the run ends
 * @param follow how long a run elsewhere is followed; empty: as long as a run may take
 */
public record RunOptions(
    boolean force,
    boolean fresh,
    boolean audit,
    Optional<Path> artifacts,
    Copies copies,
    Optional<Duration> follow) {

  private static final int MOST_COPIES = 1000;

  /**
   * How many other peers are to hold a result before its run ends.
   *
   * @param number how many; 0: none
   * @param longest how long that is waited for
   */
  public record Copies(int number, Duration longest) {

    /** Nobody else needs to hold it. */
    public static final Copies NONE = new Copies(0, Duration.ZERO);
  }

  /** Takes a result if there is one, and does nothing more. */
  public static final RunOptions DEFAULT =
      new RunOptions(false, false, false, Optional.empty(), Copies.NONE, Optional.empty());

  /** As by default, although there is a result. */
  public static final RunOptions FORCED =
      new RunOptions(true, false, false, Optional.empty(), Copies.NONE, Optional.empty());

  ObjectNode json() {
    ObjectNode json = JsonTree.object();
    json.put("force", force).put("fresh", fresh).put("audit", audit);
    artifacts.ifPresent(path -> json.put("artifacts", path.toString()));
    json.put("copies", copies.number()).put("copiesWait", copies.longest().toString());
    follow.ifPresent(duration -> json.put("follow", duration.toString()));
    return json;
  }

  static RunOptions read(StrictJson json) throws MalformedException {
    RunOptions options =
        new RunOptions(
            json.truth("force"),
            json.truth("fresh"),
            json.truth("audit"),
            json.optionalValue("artifacts", Path::of),
            new Copies(
                copies(json.number("copies")), json.value("copiesWait", RunOptions::duration)),
            json.optionalValue("follow", RunOptions::duration));
    json.end();
    return options;
  }

  private static int copies(long number) throws MalformedException {
    if (number < 0 || number > MOST_COPIES) {
      throw new MalformedException("copies: a number from 0 to " + MOST_COPIES + " expected");
    }
    return (int) number;
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("an ISO 8601 duration expected", e);
    }
  }
}
