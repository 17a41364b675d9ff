package dev.peer.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How fast the last runtime came to this machine. That is a hint and no more: without it, and after
 * a day, a runtime is taken whatever its size.
 *
 * @param file where it is kept
 */
record TransferRate(Path file, InstantSource clock) {

  private static final Duration GOOD_FOR = Duration.ofDays(1);

  /** Less says how long a connection takes, not how fast it is. */
  private static final long LEAST_BYTES = 4 << 20;

  private static final int LARGEST_TEXT = 1 << 10;

  /** How long so many bytes take, if that is known. */
  Optional<Duration> time(long bytes) {
    try (InputStream in = Files.newInputStream(file)) {
      StrictJson json =
          StrictJson.parse(file.getFileName().toString(), in.readNBytes(LARGEST_TEXT));
      Instant at = json.instant("at");
      long moved = json.number("bytes");
      long millis = json.number("milliseconds");
      json.end();
      Instant now = clock.instant();
      return moved < LEAST_BYTES || millis < 0 || at.isAfter(now) || at.plus(GOOD_FOR).isBefore(now)
          ? Optional.empty()
          : Optional.of(Duration.ofMillis(Math.round((double) bytes / moved * millis)));
    } catch (IOException | MalformedException e) {
      return Optional.empty();
    }
  }

  /** Keeps how long a transfer took, if it can. */
  void note(long bytes, Duration took) {
    ObjectNode json = JsonTree.object();
    json.put("at", clock.instant().toString());
    json.put("bytes", bytes);
    json.put("milliseconds", took.toMillis());
    try {
      // Several runs may end at once.
      Path written = Files.createTempFile(file.getParent(), "runtime-speed", "");
      Files.write(written, JsonTree.bytes(json));
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // The runtime is here all the same.
      return;
    }
  }
}
