package dev.peer.daemonhost;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.id.ShortId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.RunRequest;
import dev.peer.report.Facts;
import dev.peer.report.RunOutput;
import dev.peer.schedule.WatchStatus;
import dev.peer.vm.exec.ReadyMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The status of a daemon and its runs, as JSON and for people. */
public final class DaemonStatus {

  private DaemonStatus() {}

  /**
   * As one line of JSON.
   *
   * @param daemon the part about the daemon itself
   */
  static byte[] json(ObjectNode daemon, List<QueuedRun> runs) {
    ArrayNode all = daemon.putArray("runs");
    runs.forEach(run -> all.add(json(run)));
    return JsonTree.bytes(daemon);
  }

  /** Adds the status of watched repositories to that of the daemon. */
  static void put(ObjectNode daemon, List<WatchStatus> watched) {
    ArrayNode all = daemon.putArray("watched");
    for (WatchStatus one : watched) {
      ObjectNode json = all.addObject();
      json.put("directory", one.directory().toString());
      one.commit().ifPresent(commit -> json.put("commit", commit.hex()));
      json.put("trouble", one.trouble());
      one.crontab().forEach(json.putArray("crontab")::add);
      one.faults().forEach(json.putArray("faults")::add);
    }
  }

  /** Adds the machine that waits for the next run. */
  static void put(ObjectNode daemon, ReadyMachine.Status ready) {
    ObjectNode json = daemon.putObject("ready").put("taken", ready.taken());
    ready
        .waiting()
        .ifPresent(
            machine ->
                json.putObject("waiting")
                    .put("pid", machine.pid())
                    .put("since", machine.since().toString())
                    .put("image", machine.image().toString())
                    .put("cpus", machine.cpus())
                    .put("guestBytes", machine.guestBytes())
                    .put("usedBytes", machine.usedBytes()));
  }

  private static void printReady(RunOutput output, StrictJson ready) throws MalformedException {
    if (!ready.has("waiting")) {
      output.print(
          "no machine waits for the next run; runs that took one: " + ready.number("taken"));
      return;
    }
    StrictJson machine = ready.object("waiting");
    output.print(
        "a machine waits for the next run: process "
            + machine.number("pid")
            + ", image "
            + ShortId.of(machine.value("image", Digest::parse).hex())
            + ", processors: "
            + machine.number("cpus")
            + ", memory: "
            + Facts.mebibytes(machine.number("guestBytes"))
            + ", of which it takes "
            + Facts.mebibytes(machine.number("usedBytes"))
            + " of this host; runs that took one: "
            + ready.number("taken"));
  }

  private static void printWatched(RunOutput output, StrictJson watched) throws MalformedException {
    String trouble = watched.text("trouble");
    output.print(
        "watching "
            + Printable.plain(watched.text("directory"))
            + watched.optionalText("commit").map(id -> ", seen last: " + ShortId.of(id)).orElse("")
            + (trouble.isEmpty() ? "" : ": " + Printable.plain(trouble)));
    for (String line : watched.texts("crontab")) {
      output.print("  " + Printable.plain(line));
    }
    for (String fault : watched.texts("faults")) {
      output.print("  left out: " + Printable.plain(fault));
    }
  }

  /** The status without a daemon: the runs left in its queue. */
  public static byte[] ofNone(Path home, List<QueuedRun> left) {
    return json(JsonTree.object().put("running", false).put("home", home.toString()), left);
  }

  private static ObjectNode json(QueuedRun run) {
    RunRequest request = run.request();
    ObjectNode json = JsonTree.object();
    json.put("id", run.id()).put("state", run.state().text()).put("place", run.position().place());
    json.put("reason", request.reason().kind().text()).put("detail", request.reason().detail());
    json.put("directory", request.directory().toString()).put("revision", request.revision());
    json.put("target", request.target());
    request.subject().arguments().forEach(json.putArray("arguments")::add);
    json.put("accepted", run.accepted().toString()).put("attempts", run.attempts());
    run.end()
        .ifPresent(
            end ->
                json.put("ended", end.at().toString())
                    .put("how", end.ending().how().text())
                    .put("exitCode", end.ending().exitCode())
                    .put("text", end.ending().text()));
    return json;
  }

  /** For people. */
  public static void print(RunOutput output, byte[] status) throws MalformedException {
    StrictJson json = StrictJson.parse("the daemon's status", status);
    if (json.truth("running")) {
      output.print(
          "daemon: process "
              + json.number("pid")
              + ", since "
              + json.text("since")
              + ", version "
              + json.text("version"));
      output.print(
          json.text("id")
              + json.optionalText("address").map(at -> " at " + at).orElse(", serves nobody")
              + "; results kept: "
              + json.number("results")
              + "; machines at once: "
              + json.number("jobs"));
      if (json.has("endsAfterIdleSeconds")) {
        output.print(
            "ends after "
                + json.number("endsAfterIdleSeconds")
                + " s without work; the last was "
                + TimeSpans.ago(Duration.ofSeconds(json.number("idleSeconds"))));
      }
      String what = json.truth("mirrorsRuntimes") ? " and its runtimes" : "";
      for (String repo : json.texts("mirrors")) {
        output.print("mirroring " + repo + what);
      }
      if (json.has("ready")) {
        printReady(output, json.object("ready"));
      }
      for (StrictJson watched : json.objects("watched")) {
        printWatched(output, watched);
      }
    } else {
      output.print("no daemon runs for " + json.text("home"));
    }
    for (StrictJson run : json.objects("runs")) {
      output.print(line(run));
    }
  }

  private static String line(StrictJson run) throws MalformedException {
    long place = run.number("place");
    String detail = run.text("detail");
    return "run "
        + run.number("id")
        + "  "
        + run.optionalText("how").orElse(run.text("state"))
        + (place > 0 ? " at place " + place : "")
        + "  "
        + Printable.plain(run.text("target"))
        + " in "
        + Printable.plain(run.text("directory"))
        + " at "
        + ShortId.of(Printable.plain(run.text("revision")))
        + "  "
        + run.text("reason")
        + (detail.isEmpty() ? "" : " " + detail)
        + ", "
        + when(run)
        + (run.number("attempts") > 1 ? ", attempt " + run.number("attempts") : "")
        + run.optionalText("text").filter(text -> !text.isEmpty()).map(t -> ": " + t).orElse("");
  }

  private static String when(StrictJson run) throws MalformedException {
    String last = run.has("ended") ? "ended" : "accepted";
    return last + " " + TimeSpans.ago(Duration.between(run.instant(last), Instant.now()));
  }
}
