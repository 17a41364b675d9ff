package dev.peer.daemon.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.daemon.RunRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A command's request to a daemon.
 *
 * @param version of the command
 * @param age the time since the command started
 * @param request the run; its environment holds only the settings of the run
 * @param trust the command's identity and trust: a digest for each setting
 * @param display what the command wants to see of it
 */
public record RunSubmission(
    String version,
    Duration age,
    RunRequest request,
    SortedMap<String, String> trust,
    Display display) {

  /**
   * What a command shows.
   *
   * @param progress whether to be told of each step as it begins, and how far it is
   * @param timings whether to say how long each step took
   * @param json whether to print the outcome as JSON
   * @param summary the file of the CI job that receives a summary
   */
  public record Display(boolean progress, boolean timings, boolean json, Optional<Path> summary) {}

  private static final Duration OLDEST = Duration.ofDays(1);

  /** Copies the map. */
  public RunSubmission {
    trust = Collections.unmodifiableSortedMap(new TreeMap<>(trust));
  }

  byte[] bytes() {
    ObjectNode node = JsonTree.object();
    node.put("version", version).put("ageMilliseconds", age.toMillis());
    node.set("request", request.json());
    trust.forEach(node.putObject("standing")::put);
    node.put("progress", display.progress());
    node.put("timings", display.timings()).put("json", display.json());
    display.summary().ifPresent(file -> node.put("summary", file.toString()));
    return JsonTree.bytes(node);
  }

  static RunSubmission parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("the submitted run", bytes);
    RunSubmission ask =
        new RunSubmission(
            json.text("version"),
            age(json.number("ageMilliseconds")),
            RunRequest.read(json.object("request")),
            json.textMap("standing"),
            new Display(
                json.truth("progress"),
                json.truth("timings"),
                json.truth("json"),
                json.optionalValue("summary", Path::of)));
    json.end();
    return ask;
  }

  private static Duration age(long milliseconds) throws MalformedException {
    Duration age = Duration.ofMillis(milliseconds);
    if (age.isNegative() || age.compareTo(OLDEST) > 0) {
      throw new MalformedException("ageMilliseconds: at most " + OLDEST + " expected");
    }
    return age;
  }
}
