package dev.peer.schedule;

import dev.peer.core.id.Digest;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The state of a watched repository on disk. */
final class WatchStateFile {

  private static final int LARGEST = 1 << 18;

  private final Path directory;
  private final Path file;

  /**
   * A file that need not be there.
   *
   * @param parent where it is
   * @param directory the repository
   */
  WatchStateFile(Path parent, Path directory) {
    this.directory = directory;
    this.file = parent.resolve(name(directory));
  }

  /** The name of a repository's file. */
  static String name(Path directory) {
    return Digest.of(directory.toString().getBytes(StandardCharsets.UTF_8)).hex() + ".json";
  }

  /** The state; empty if it cannot be read, and the file is then set aside. */
  WatchState read(Notices notices) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      WatchState seen = WatchState.parse(in.readNBytes(LARGEST));
      if (!seen.directory().equals(directory)) {
        throw new MalformedException("it is about another repository");
      }
      return seen;
    } catch (NoSuchFileException e) {
      return WatchState.nothing(directory);
    } catch (MalformedException e) {
      Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      notices.say(
          "warning: the state of a watched repository cannot be read and is set aside: "
              + aside
              + ": "
              + e);
      return WatchState.nothing(directory);
    }
  }

  void write(WatchState seen) throws IOException {
    DurableFile.write(file, seen.json());
  }
}
