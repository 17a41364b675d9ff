package dev.peer.daemon;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A requested run.
 *
 * @param directory the repository, or a directory in it; absolute
 * @param revision git's name of it. A name is resolved when the run starts: give an id if you mean
 *     the commit of now
 * @param target of mk
 * @param arguments further ones of mk
 * @param reason why it is to run
 * @param options how
 * @param environment of a {@linkplain Reason.Kind#REQUEST request}: the settings and counted
 *     variables of the one who asks, and no others count. Of any other: what counts before the
 *     daemon's own variables. Never a secret: it is written to disk
 */
public record RunRequest(
    Path directory,
    String revision,
    String target,
    List<String> arguments,
    Reason reason,
    RunOptions options,
    SortedMap<String, String> environment) {

  /** Copies the collections. */
  public RunRequest {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException("an absolute path expected");
    }
  }

  /** For a run without a waiting caller: an existing result will do. */
  public static RunRequest of(Path directory, String revision, String target, Reason reason) {
    return new RunRequest(
        directory, revision, target, List.of(), reason, RunOptions.DEFAULT, new TreeMap<>());
  }

  /** As an object of JSON; {@link #read} reads it. */
  public ObjectNode json() {
    ObjectNode json = StrictJson.object();
    json.put("directory", directory.toString()).put("revision", revision).put("target", target);
    arguments.forEach(json.putArray("arguments")::add);
    json.put("reason", reason.kind().text()).put("detail", reason.detail());
    json.set("options", options.json());
    environment.forEach(json.putObject("environment")::put);
    return json;
  }

  /** Reads all fields of an object. */
  public static RunRequest read(StrictJson json) throws MalformedException {
    try {
      RunRequest request =
          new RunRequest(
              json.value("directory", Path::of),
              json.text("revision"),
              json.text("target"),
              json.texts("arguments"),
              new Reason(json.value("reason", Reason.Kind::parse), json.text("detail")),
              RunOptions.read(json.object("options")),
              json.textMap("environment"));
      json.end();
      return request;
    } catch (IllegalArgumentException e) {
      throw new MalformedException("a request to run: " + e.getMessage(), e);
    }
  }
}
