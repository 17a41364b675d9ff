package dev.peer.cli.option;

import dev.peer.core.id.Printable;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file that a command is asked to look at. */
public final class InputFile {

  private InputFile() {}

  /** Its bytes; refuses a larger file, and anything that is no file. */
  public static byte[] read(Path file, int most) throws IOException, CommandException {
    String name = Printable.of(file.toString());
    if (!Files.exists(file) || Files.isDirectory(file)) {
      throw new CommandException(
          ExitCode.USAGE,
          name + (Files.exists(file) ? " is a directory" : " is not there"),
          "name a file; `--help` says what of");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new CommandException(
            ExitCode.USAGE, name + " has more than " + most + " bytes", "is it the right file?");
      }
      return bytes;
    } catch (AccessDeniedException e) {
      throw new CommandException(
          ExitCode.USAGE, name + " cannot be read", "check its permissions", e);
    }
  }
}
