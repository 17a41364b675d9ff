package dev.peer.server;

import dev.peer.core.record.FrameStream;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.ByteRange;
import dev.peer.wire.ContentCoding;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
    String etag = etag(name);
    try (FileChannel file = FileChannel.open(path)) {
      call.set("Accept-Ranges", "bytes");
      return !isThere(call, etag) && send(call, file, etag, mediaType);
    }
  }

  /**
   * Sends such a file with zstd, and compresses it meanwhile. So its size is not known before, and
   * there are no parts of it to ask for.
   */
  static void sendCompressed(HttpCall call, Path path, String name, String mediaType)
      throws IOException {
    try (InputStream file = Files.newInputStream(path)) {
      call.set(ContentCoding.USED, ContentCoding.ZSTD);
      if (!isThere(call, etag(name + ";" + ContentCoding.ZSTD))) {
        call.answer(200, mediaType, sink -> send(file, sink));
      }
    }
  }

  private static void send(InputStream file, HttpCall.Sink sink) throws IOException {
    try (OutputStream frames = new FrameStream(new SinkStream(sink))) {
      file.transferTo(frames);
    }
  }

  private static String etag(String name) {
    return "\"" + name + "\"";
  }

  /** Whether the caller has it already. Then that is the answer. */
  private static boolean isThere(HttpCall call, String etag) {
    call.set("ETag", etag);
    call.set("Cache-Control", "private, max-age=31536000, immutable");
    if (call.header("If-None-Match").filter(tags -> names(tags, etag)).isEmpty()) {
      return false;
    }
    call.answer(304);
    return true;
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

  /** Sends each piece as it comes. */
  private static final class SinkStream extends OutputStream {

    private final HttpCall.Sink sink;

    SinkStream(HttpCall.Sink sink) {
      this.sink = sink;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      sink.write(ByteBuffer.wrap(bytes, offset, length));
    }
  }
}
