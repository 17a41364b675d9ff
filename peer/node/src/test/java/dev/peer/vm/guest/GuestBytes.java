package dev.peer.vm.guest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The parser of a guest's output, which nothing outside the package may call, for fuzzing. */
public final class GuestBytes {

  private GuestBytes() {}

  /** All stages' output, each with the marker behind it where it had one. */
  public static byte[] stages(byte[] stream, byte[] marker) throws IOException {
    MarkedOutput output = new MarkedOutput(new ByteArrayInputStream(stream), marker);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (output.readStage(all::write)) {
      all.writeBytes(marker);
    }
    return all.toByteArray();
  }
}
