package dev.peer.daemon;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run as it stands on the disk.
 *
 * @param id its number; later runs have higher ones
 * @param accepted when it was accepted
 * @param attempts in how many daemons it got a machine
 * @param end how and when it ended, if it has
 */
record QueueEntry(
    long id, RunRequest request, Instant accepted, int attempts, Optional<QueuedRun.End> end) {

  QueueEntry withAttempts(int number) {
    return new QueueEntry(id, request, accepted, number, end);
  }

  /** Its variables are needed no more. */
  QueueEntry ended(QueuedRunEnd ending, Instant at) {
    return new QueueEntry(
        id,
        request.withEnvironment(new TreeMap<>()),
        accepted,
        attempts,
        Optional.of(new QueuedRun.End(ending, at)));
  }

  /** Its name in messages. */
  String name() {
    return "run "
        + id
        + " ("
        + request.reason()
        + ": "
        + Printable.plain(request.target())
        + " in "
        + Printable.plain(request.directory().toString())
        + ")";
  }

  byte[] json() {
    ObjectNode json = JsonTree.object();
    json.put("id", id);
    json.set("request", request.json());
    json.put("accepted", accepted.toString()).put("attempts", attempts);
    end.ifPresent(
        it ->
            json.putObject("ended")
                .put("how", it.ending().how().text())
                .put("exitCode", it.ending().exitCode())
                .put("text", it.ending().text())
                .put("at", it.at().toString()));
    return JsonTree.bytes(json);
  }

  static QueueEntry parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("a run in the queue", bytes);
    QueueEntry entry =
        new QueueEntry(
            json.number("id"),
            RunRequest.read(json.object("request")),
            json.instant("accepted"),
            (int) json.number("attempts"),
            json.has("ended") ? Optional.of(end(json.object("ended"))) : Optional.empty());
    json.end();
    return entry;
  }

  private static QueuedRun.End end(StrictJson json) throws MalformedException {
    QueuedRun.End end =
        new QueuedRun.End(
            new QueuedRunEnd(
                json.value("how", QueuedRunEnd.How::parse),
                (int) json.number("exitCode"),
                json.text("text")),
            json.instant("at"));
    json.end();
    return end;
  }
}
