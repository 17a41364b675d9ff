package dev.peer.server;

import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.ByteRange;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;

/** Answers with files that never change. */
final class FixedFile {

  private FixedFile() {}

  /**
   * Sends a file that never changes, or the part of it that is asked for.
   *
   * @return whether its last byte was sent
   */
  static boolean send(HttpCall call, Path path, String name, String mediaType)
      throws ProblemException, IOException {
    String etag = "\"" + name + "\"";
    try (FileChannel file = FileChannel.open(path)) {
      call.set("ETag", etag);
      call.set("Cache-Control", "private, max-age=31536000, immutable");
      call.set("Accept-Ranges", "bytes");
      if (call.header("If-None-Match").filter(tags -> names(tags, etag)).isPresent()) {
        call.answer(304);
        return false;
      }
      return send(call, file, etag, mediaType);
    }
  }

  private static boolean send(HttpCall call, FileChannel file, String etag, String mediaType)
      throws ProblemException, IOException {
    long size = file.size();
    boolean ranged = call.header("If-Range").filter(tag -> !tag.equals(etag)).isEmpty();
    String range = ranged ? call.header("Range").orElse(null) : null;
    return switch (ByteRange.parse(range, size)) {
      case ByteRange.Selection.Whole _ -> {
        call.answer(200, mediaType, file, 0, size);
        yield true;
      }
      case ByteRange.Selection.Part(ByteRange part) -> {
        call.set("Content-Range", part.contentRange(size));
        call.answer(206, mediaType, file, part.first(), part.length());
        yield part.first() + part.length() == size;
      }
      case ByteRange.Selection.Outside _ ->
          throw new ProblemException(
              Problem.Kind.NO_SUCH_RANGE,
              "there are " + size + " bytes",
              Map.of("Content-Range", "bytes */" + size));
    };
  }

  private static boolean names(String tags, String etag) {
    return tags.equals("*") || tags.contains(etag);
  }
}
