package dev.peer.pages;

import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.wire.PercentEncoding;
import java.util.Optional;
import java.util.stream.Stream;

/** The paths of pages. The protocol has none that begins so. */
sealed interface PagePath {

  /** Where the pages are. */
  String ROOT = "/ui/";

  /** The list of results. */
  record Results() implements PagePath {}

  /** What the daemon does and keeps. */
  record Daemon() implements PagePath {}

  /** The style of all pages. */
  record Style() implements PagePath {}

  /** One result. */
  record Result(RunKey key) implements PagePath {}

  /** The test's output on one stream, to be kept as a file. */
  record Output(RunKey key, OutputStreamName stream) implements PagePath {}

  /** One run in progress. */
  record Run(RunKey key) implements PagePath {}

  /** What comes of a run in progress, as server-sent events. */
  record RunEvents(RunKey key) implements PagePath {}

  /** The script of the page of a run in progress. */
  record Script() implements PagePath {}

  /** A file among a result's artifacts. */
  record File(RunKey key, String artifact) implements PagePath {}

  /** The path as it goes over the wire. */
  default String text() {
    return switch (this) {
      case Results _ -> ROOT;
      case Daemon _ -> ROOT + "daemon";
      case Style _ -> ROOT + "style.css";
      case Script _ -> ROOT + "run.js";
      case Run(RunKey key) -> ROOT + "runs/" + key.hex();
      case RunEvents(RunKey key) -> ROOT + "runs/" + key.hex() + "/events";
      case Result(RunKey key) -> ROOT + "results/" + key.hex();
      case Output(RunKey key, OutputStreamName stream) ->
          ROOT + "results/" + key.hex() + "/" + stream;
      case File(RunKey key, String artifact) ->
          ROOT + "results/" + key.hex() + "/artifacts/" + PercentEncoding.encode(artifact);
    };
  }

  /** The path's template, for metrics and logs. */
  default String template() {
    return switch (this) {
      case Results _ -> "/ui/";
      case Daemon _ -> "/ui/daemon";
      case Style _ -> "/ui/style.css";
      case Script _ -> "/ui/run.js";
      case Run _ -> "/ui/runs/{runKey}";
      case RunEvents _ -> "/ui/runs/{runKey}/events";
      case Result _ -> "/ui/results/{runKey}";
      case Output _ -> "/ui/results/{runKey}/{stream}";
      case File _ -> "/ui/results/{runKey}/artifacts/{path}";
    };
  }

  /**
   * Reads the path of a request, still encoded and without its query. Empty: there is no such page.
   *
   * @throws MalformedException if a part of it is malformed
   */
  static Optional<PagePath> parse(String raw) throws MalformedException {
    Optional<PagePath> alone =
        Stream.<PagePath>of(new Results(), new Daemon(), new Style(), new Script())
            .filter(path -> path.text().equals(raw))
            .findFirst();
    String[] parts = raw.split("/", -1);
    if (alone.isPresent() || !raw.startsWith(ROOT) || parts.length < 4 || parts.length > 6) {
      return alone;
    }
    try {
      return switch (parts[2]) {
        case "results" -> ofResult(RunKey.ofHex(parts[3]), parts);
        case "runs" -> ofRun(RunKey.ofHex(parts[3]), parts);
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
  }

  private static Optional<PagePath> ofResult(RunKey key, String[] parts) throws MalformedException {
    if (parts.length == 4) {
      return Optional.of(new Result(key));
    }
    if (parts.length == 5) {
      return Optional.of(new Output(key, OutputStreamName.parse(parts[4])));
    }
    return parts[4].equals("artifacts")
        ? Optional.of(new File(key, PercentEncoding.decode(parts[5])))
        : Optional.empty();
  }

  private static Optional<PagePath> ofRun(RunKey key, String[] parts) {
    if (parts.length == 4) {
      return Optional.of(new Run(key));
    }
    return parts.length == 5 && parts[4].equals("events")
        ? Optional.of(new RunEvents(key))
        : Optional.empty();
  }
}
