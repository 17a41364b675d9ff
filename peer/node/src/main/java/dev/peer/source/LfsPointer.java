package dev.peer.source;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What git has in place of a file that Git LFS keeps (git-lfs's {@code docs/spec.md}), read as
 * git-lfs reads it.
 *
 * @param content the file's content
 * @param extended whether other programs make the file of that content
 */
record LfsPointer(Content content, boolean extended) {

  /** No pointer has as many bytes. */
  static final int TOO_LONG = 1024;

  private static final Set<String> VERSIONS =
      Set.of(
          "https://git-lfs.github.com/spec/v1",
          "https://hawser.github.com/spec/v1",
          "http://git-media.io/v/2");
  private static final Pattern EXTENSION = Pattern.compile("ext-\\d-.*");
  private static final Pattern CONTENT = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");

  /** The pointer that a file is, if it is one. */
  static Optional<LfsPointer> read(byte[] file) {
    if (file.length >= TOO_LONG) {
      return Optional.empty();
    }
    List<String> lines =
        Stream.of(new String(file, StandardCharsets.UTF_8).strip().split("\n"))
            .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
            .filter(line -> !line.isEmpty())
            .toList();
    List<String> own = lines.stream().filter(line -> !EXTENSION.matcher(line).matches()).toList();
    if (own.size() != 3) {
      return Optional.empty();
    }
    Optional<String> version = value(own.get(0), "version").filter(VERSIONS::contains);
    Optional<String> oid = value(own.get(1), "oid").filter(CONTENT.asMatchPredicate());
    Optional<String> size = value(own.get(2), "size").filter(SIZE.asMatchPredicate());
    if (version.isEmpty() || oid.isEmpty() || size.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new LfsPointer(
            new Content(Long.parseLong(size.get()), Digest.parse(oid.get())),
            own.size() < lines.size()));
  }

  private static Optional<String> value(String line, String key) {
    return line.startsWith(key + " ")
        ? Optional.of(line.substring(key.length() + 1))
        : Optional.empty();
  }
}
