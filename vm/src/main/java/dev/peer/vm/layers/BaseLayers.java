package dev.peer.vm.layers;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.network.Reach;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The layers that a container image begins with, by all that they are built from besides the guest
 * image: the instructions, and what the machine that runs them may reach. No file, variable or
 * secret of a repository is in them, so that those of one are those of another.
 *
 * @param instructions the beginning of a Containerfile, a character for each byte
 * @param reach what they may reach
 */
public record BaseLayers(String instructions, Reach reach) {

  private static final String FORM = "layers 1";
  private static final int COMMIT = 40;

  /** Gives the files of a revision. */
  @FunctionalInterface
  public interface Files<E extends Exception> {

    /** The file at a path, as git names it; empty where there is none. */
    Optional<byte[]> at(String path) throws E;
  }

  /**
   * Those of the first image that the mkfile builds and that begins with such; empty: none does.
   */
  public static <E extends Exception> Optional<BaseLayers> of(
      byte[] mkfile, Files<E> files, Reach reach) throws E {
    for (BuildCommand command : BuildCommand.in(text(mkfile))) {
      Optional<String> first = text(command, files).flatMap(Instructions::first);
      if (first.isPresent()) {
        return Optional.of(new BaseLayers(first.get(), reach));
      }
    }
    return Optional.empty();
  }

  private static <E extends Exception> Optional<String> text(BuildCommand command, Files<E> files)
      throws E {
    if (command.inline().isPresent()) {
      return command.inline();
    }
    for (String path : command.files()) {
      Optional<byte[]> file = files.at(path);
      if (file.isPresent()) {
        return file.map(BaseLayers::text);
      }
    }
    return Optional.empty();
  }

  /** Whatever encoding it is in, no byte is lost. */
  private static String text(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1);
  }

  /** The instructions as a file. */
  public byte[] containerfile() {
    return instructions.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The digest of what they are built from. */
  public Digest digest() {
    String text = FORM + "\n" + reach + "\n" + instructions;
    return Digest.of(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What stands for the commit that made their disks, which have no other. */
  public CommitId commit() {
    return new CommitId(digest().hex().substring(0, COMMIT));
  }
}
