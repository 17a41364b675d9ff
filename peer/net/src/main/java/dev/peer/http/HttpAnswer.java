package dev.peer.http;

import dev.peer.wire.MediaTypes;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;

/** The answer to one request: its head, and its body in chunks, each of which has its time. */
final class HttpAnswer {

  /**
   * Of TLS, as the JDK fills it: its 16 KiB are for the tag, and a byte that tells the kind, too.
   */
  private static final int RECORD = (16 << 10) - 17;

  private static final int CHUNK = 4 * RECORD;

  private final HttpServerExchange exchange;
  private final ServerLimits limits;
  private long sent;

  /** The rest of an answer that is sent without waiting. */
  private Rest rest;

  private record Rest(StreamSinkChannel channel, ByteBuffer body) {}

  HttpAnswer(HttpServerExchange exchange, ServerLimits limits) {
    this.exchange = exchange;
    this.limits = limits;
    set(MediaTypes.OPTIONS_HEADER, MediaTypes.NO_SNIFF);
  }

  /** How many bytes of the body were sent. */
  long sent() {
    return sent;
  }

  void set(String name, String value) {
    exchange.getResponseHeaders().put(HttpString.tryFromString(name), value);
  }

  void send(int status) {
    sayWhetherItStaysOpen();
    exchange.setStatusCode(status);
    exchange.endExchange();
  }

  void send(int status, String mediaType, byte[] body) throws IOException {
    StreamSinkChannel channel = head(status, mediaType, body.length);
    ByteBuffer buffer = ByteBuffer.wrap(body, 0, isHead() ? 0 : body.length);
    if (!exchange.isInIoThread()) {
      send(channel, buffer);
    } else if (isTakenAtOnce(channel, buffer)) {
      exchange.endExchange();
    } else {
      rest = new Rest(channel, buffer);
    }
  }

  /** Whether all of the answer was taken, that is, there is nothing to send that waits. */
  boolean isDone() {
    return rest == null;
  }

  /** Sends the rest. */
  void sendRest() throws IOException {
    send(rest.channel, rest.body);
  }

  private void send(StreamSinkChannel channel, ByteBuffer body) throws IOException {
    write(channel, body);
    end(channel);
  }

  private boolean isTakenAtOnce(StreamSinkChannel channel, ByteBuffer body) throws IOException {
    int taken = 1;
    while (body.hasRemaining() && taken > 0) {
      taken = channel.write(body);
      sent += taken;
    }
    if (body.hasRemaining()) {
      return false;
    }
    channel.shutdownWrites();
    return channel.flush();
  }

  void send(int status, String mediaType, FileChannel file, long first, long length)
      throws IOException {
    StreamSinkChannel channel = head(status, mediaType, length);
    if (!isHead()) {
      write(channel, file, first, length);
    }
    end(channel);
  }

  void send(int status, String mediaType, byte[] before, FileChannel file) throws IOException {
    long length = file.size();
    StreamSinkChannel channel = head(status, mediaType, before.length + length);
    if (!isHead()) {
      write(channel, ByteBuffer.wrap(before));
      write(channel, file, 0, length);
    }
    end(channel);
  }

  private void write(StreamSinkChannel channel, FileChannel file, long first, long length)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, length));
    long done = 0;
    while (done < length) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), length - done));
      int read = file.read(chunk, first + done);
      if (read < 0) {
        throw new EOFException("the file has become shorter");
      }
      done += read;
      write(channel, chunk.flip());
    }
  }

  void send(int status, String mediaType, HttpCall.Pieces pieces) throws IOException {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, mediaType);
    exchange.setStatusCode(status);
    StreamSinkChannel channel = exchange.getResponseChannel();
    if (!isHead()) {
      new BlockingChannels(limits.idle()).flush(channel);
      pieces.writeTo(
          piece -> {
            BlockingChannels patient = new BlockingChannels(limits.idle());
            int size = piece.remaining();
            patient.write(channel, piece);
            sent += size;
            patient.flush(channel);
          });
    }
    end(channel);
  }

  /** Each chunk has its time: a reader that takes a byte now and then is too slow. */
  private void write(StreamSinkChannel channel, ByteBuffer body) throws IOException {
    while (body.hasRemaining()) {
      ByteBuffer chunk = body.slice(body.position(), Math.min(CHUNK, body.remaining()));
      new BlockingChannels(limits.idle()).write(channel, chunk);
      body.position(body.position() + chunk.limit());
      sent += chunk.limit();
    }
  }

  private void end(StreamSinkChannel channel) throws IOException {
    new BlockingChannels(limits.idle()).end(channel);
    exchange.endExchange();
  }

  private boolean isHead() {
    return exchange.getRequestMethod().toString().equals("HEAD");
  }

  private StreamSinkChannel head(int status, String mediaType, long length) {
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(Headers.CONTENT_TYPE, mediaType);
    headers.put(Headers.CONTENT_LENGTH, length);
    sayWhetherItStaysOpen();
    exchange.setStatusCode(status);
    return exchange.getResponseChannel();
  }

  /**
   * An HTTP/1.0 client considers a connection over, and waits for its end, unless told otherwise.
   */
  private void sayWhetherItStaysOpen() {
    if (exchange.isHttp10() && exchange.isPersistent()) {
      exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
    }
  }
}
