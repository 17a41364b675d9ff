package dev.peer.core.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A text that changes whenever one of some files is written, replaced or given away. */
public final class FileFingerprint {

  private static final List<String> ATTRIBUTES =
      List.of("size", "ino", "uid", "lastModifiedTime", "ctime");

  private FileFingerprint() {}

  /** The seal of these files, in this order. */
  public static String of(List<Path> files) throws IOException {
    StringBuilder seal = new StringBuilder();
    for (Path file : files) {
      Map<String, Object> attributes =
          Files.readAttributes(
              file, "unix:" + String.join(",", ATTRIBUTES), LinkOption.NOFOLLOW_LINKS);
      for (String name : ATTRIBUTES) {
        seal.append(name).append(' ').append(attributes.get(name)).append('\n');
      }
    }
    return seal.toString();
  }
}
