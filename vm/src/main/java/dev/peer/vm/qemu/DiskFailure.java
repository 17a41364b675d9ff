package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * The host could not read or write a file of a machine's disk.
 *
 * @param full whether there was no room
 * @param reason the name that the host's kernel gave it
 */
public record DiskFailure(boolean full, String reason) {

  /** The failure in QEMU's event, if the event is about one. */
  static Optional<DiskFailure> of(JsonNode event) {
    return event.path("event").asText().equals("BLOCK_IO_ERROR")
        ? Optional.of(
            new DiskFailure(
                event.at("/data/nospace").asBoolean(), event.at("/data/reason").asText()))
        : Optional.empty();
  }
}
