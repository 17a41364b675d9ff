package dev.peer.daemon;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
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
 * @param subject what is to run
 * @param reason why
 * @param options how
 * @param environment of a {@linkplain Reason.Kind#REQUEST request}: the settings and counted
 *     variables of the one who asks, and no others count. Of any other: what counts before the
 *     daemon's own variables. Never a secret: it is written to disk
 */
public record RunRequest(
    RunSubject subject, Reason reason, RunOptions options, SortedMap<String, String> environment) {

  /** Copies the variables. */
  public RunRequest {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  /** For a run without a waiting caller: an existing result will do. */
  public static RunRequest of(Path directory, String revision, String target, Reason reason) {
    return new RunRequest(
        new RunSubject(directory, revision, target, List.of()),
        reason,
        RunOptions.DEFAULT,
        new TreeMap<>());
  }

  /** The same, of another revision. */
  public RunRequest withRevision(String revision) {
    RunSubject other = new RunSubject(directory(), revision, subject.target(), subject.arguments());
    return new RunRequest(other, reason, options, environment);
  }

  /** The same, with other variables. */
  public RunRequest withEnvironment(SortedMap<String, String> variables) {
    return new RunRequest(subject, reason, options, variables);
  }

  /** Where the repository is. */
  public Path directory() {
    return subject.directory();
  }

  /** Git's name of the revision. */
  public String revision() {
    return subject.revision();
  }

  /** The target of mk. */
  public String target() {
    return subject.target();
  }

  /** As an object of JSON; {@link #read} reads it. */
  public ObjectNode json() {
    ObjectNode json = JsonTree.object();
    json.put("directory", directory().toString()).put("revision", revision());
    json.put("target", target());
    subject.arguments().forEach(json.putArray("arguments")::add);
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
              new RunSubject(
                  json.value("directory", Path::of),
                  json.text("revision"),
                  json.text("target"),
                  json.texts("arguments")),
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
