package dev.peer.cli.option;

import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.OutputFile;
import dev.peer.terminal.StandardStream;
import dev.peer.vm.image.ImageException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file on the command line that an image or a result is written to or read from; {@code -} is
 * stdio.
 */
public record FileArgument(String name) {

  private static final String TO = "--to";

  public static final FileArgument STDIO = new FileArgument("-");

  /** Writes what goes there. */
  @FunctionalInterface
  public interface Content {

    void write(OutputStream out) throws IOException, ImageException;
  }

  /** Whether stdin is a terminal. */
  public static boolean stdinIsTerminal() {
    return StandardStream.stdinIsTerminal();
  }

  /** Whether stdout is a terminal. */
  public static boolean stdoutIsTerminal() {
    return StandardStream.STDOUT.leadsToTerminal();
  }

  /**
   * Writes the whole file or nothing: replaces an existing file in one step, unless it is a pipe or
   * device.
   */
  public void write(Content content) throws IOException, ImageException, CommandException {
    if (equals(STDIO)) {
      content.write(StandardStream.STDOUT);
      return;
    }
    Path file = Path.of(name).toAbsolutePath();
    OutputFile.requireDirectory(TO, file.getParent());
    if (Files.isDirectory(file) || !Files.isDirectory(file.getParent())) {
      throw new CommandException(
          ExitCode.USAGE,
          TO + ": " + name + (Files.isDirectory(file) ? " is a directory" : " has no directory"),
          "name a file in a directory that is there");
    }
    boolean ours = OutputFile.isInWorkTree(file) && Files.isSymbolicLink(file);
    if (!ours && Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
        content.write(out);
      }
      return;
    }
    OutputFile.<ImageException>write(
        TO,
        file,
        PosixFilePermissions.fromString("rw-r--r--"),
        to -> content.write(Channels.newOutputStream(to)));
  }

  /**
   * Opens it.
   *
   * @param writer the command that writes such files
   */
  public InputStream read(String writer) throws IOException, CommandException {
    if (equals(STDIO)) {
      return new FileInputStream(FileDescriptor.in);
    }
    Path file = Path.of(name);
    if (!Files.exists(file) || Files.isDirectory(file)) {
      throw new CommandException(
          ExitCode.USAGE,
          name + (Files.exists(file) ? " is a directory" : " is not there"),
          "name a file that `" + writer + "` wrote, or - for stdin");
    }
    return Files.newInputStream(file);
  }
}
