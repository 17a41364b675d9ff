package dev.peer.cli.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.AddressText;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.http.AnsweredRequest;
import dev.peer.report.Failure;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Writes a line of JSON for each request, on a thread of its own: where the log's reader is slower
 * than the requests come, lines are left out and counted, and no request waits.
 */
final class JsonLog implements LogOptions.OpenLog {

  private static final int WAITING = 8192;
  private static final int LONGEST_PATH = 1024;
  private static final double MICROS_PER_MILLI = 1e3;
  private static final long PAUSE_MILLIS = 100;

  private final Consumer<ObjectNode> lines;
  private final BlockingQueue<AnsweredRequest> waiting = new ArrayBlockingQueue<>(WAITING);
  private final LongAdder lost = new LongAdder();
  private final Thread writer = Thread.ofPlatform().daemon().name("log").unstarted(this::write);
  private volatile boolean closed;

  /** Gives each line to this, one after the other. */
  JsonLog(Consumer<ObjectNode> lines) {
    this.lines = lines;
    writer.start();
  }

  @Override
  public void answered(AnsweredRequest request) {
    if (!waiting.offer(request)) {
      lost.increment();
    }
  }

  /** Writes waiting entries as long as the reader takes them. */
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      while (!closed || !waiting.isEmpty()) {
        AnsweredRequest request = waiting.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (request != null) {
          lines.accept(line(request));
        }
        long left = lost.sumThenReset();
        if (left > 0) {
          lines.accept(Output.entry("warning", "lost").put("requests", left));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Without the query, which only the two sides need. */
  private static ObjectNode line(AnsweredRequest request) {
    ObjectNode line = JsonTree.object();
    line.put("time", request.at().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", request.outcome().failure().isPresent() ? "error" : "info");
    line.put("event", "request");
    line.put("trace", request.trace().id());
    request.sender().peer().ifPresent(caller -> line.put("peer", caller.text()));
    line.put("address", AddressText.of(request.sender().address()));
    line.put("method", Printable.plain(request.target().method()));
    line.put("path", path(request.target().path()));
    line.put("template", request.target().template());
    request
        .outcome()
        .status()
        .ifPresentOrElse(status -> line.put("status", status), () -> line.put("cut", true));
    line.put("bytes", request.outcome().bytes());
    line.put(
        "milliseconds",
        TimeUnit.NANOSECONDS.toMicros(request.outcome().duration().toNanos()) / MICROS_PER_MILLI);
    request.outcome().failure().ifPresent(failure -> line.put("failure", Failure.bug(failure)));
    return line;
  }

  private static String path(String path) {
    return Printable.plain(path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path);
  }
}
