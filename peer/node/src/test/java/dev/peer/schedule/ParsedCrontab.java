package dev.peer.schedule;

import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import dev.peer.daemon.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;

/** Lets those who try the parser with any bytes in. */
public final class ParsedCrontab {

  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  private ParsedCrontab() {}

  /**
   * Reads a crontab and asks each line when it is due.
   *
   * @throws MalformedException if something is left out
   */
  public static void read(byte[] bytes) throws MalformedException {
    Crontab crontab = Crontab.parse(new String(bytes, StandardCharsets.UTF_8), ZoneOffset.UTC);
    for (CrontabLine line : crontab.lines()) {
      Instant next = line.next(NOW).orElseThrow().toInstant();
      if (!next.isAfter(NOW) || line.due(NOW, next).orElseThrow().count() != 1) {
        throw new AssertionError("due when it is due: " + line);
      }
      new Reason(Reason.Kind.CRONTAB, line.toString());
    }
    for (String fault : crontab.faults()) {
      if (!Printable.plain(fault).equals(fault)) {
        throw new AssertionError("a fault in one plain line");
      }
      throw new MalformedException(fault);
    }
  }
}
