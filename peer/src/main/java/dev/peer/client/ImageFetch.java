package dev.peer.client;

import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.FetchException.Fault;
import dev.peer.core.flow.Holder;
import dev.peer.core.id.Digest;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerPath.ImageFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Fetches the files of guest images from their holders. What they hold is for others to check. */
public final class ImageFetch implements AutoCloseable {

  private static final int CHUNK = 64 << 10;

  private final Patience patience;
  private final HolderConnections connections;

  /** Opens no connection yet. */
  public ImageFetch(TlsIdentity identity, Patience patience) {
    this.patience = patience;
    connections = new HolderConnections(identity, patience);
  }

  /** A small file of the image, of at most so many bytes. */
  public byte[] small(Holder holder, Digest image, String file, int most)
      throws FetchException, InterruptedException {
    HttpResponse<InputStream> answer = connections.open(holder, new ImageFile(image, file));
    try (AnswerBody body = new AnswerBody(answer, patience.stall(), patience.transfer(most))) {
      byte[] bytes = body.readAtMost(most);
      if (bytes.length > most) {
        throw new FetchException(
            Fault.WRONG, holder.id() + " gave a " + file + " of more than " + most + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw broken(holder, e);
    }
  }

  /**
   * Writes a file of the image. If a part of it is there already, only what follows is asked for;
   * if the transfer breaks, what was written stays.
   *
   * @param size the bytes that it must have
   * @param target made if it is missing
   * @param progress told how many bytes more were written, again and again
   * @throws FetchException if the holder did not give as many bytes
   * @throws IOException if the file could not be written
   */
  public void file(
      Holder holder, Digest image, String file, long size, Path target, LongConsumer progress)
      throws FetchException, IOException, InterruptedException {
    long there = Files.exists(target) ? Files.size(target) : 0;
    if (there == size && size > 0) {
      return;
    }
    ImageFile path = new ImageFile(image, file);
    HttpResponse<InputStream> answer = connections.open(holder, path, there);
    boolean goesOn = answer.statusCode() == 206;
    Duration whole = patience.transfer(size);
    try (AnswerBody body = new AnswerBody(answer, patience.stall(), whole);
        OutputStream out =
            Files.newOutputStream(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
      copy(holder, path, body, goesOn ? size - there : size, out, progress);
    }
  }

  /** Must be done before the process ends. Breaks off what is under way. */
  @Override
  public void close() {
    connections.close();
  }

  private static void copy(
      Holder holder,
      ImageFile path,
      AnswerBody body,
      long size,
      OutputStream out,
      LongConsumer progress)
      throws FetchException, IOException, InterruptedException {
    byte[] chunk = new byte[CHUNK];
    long left = size;
    for (int n = read(holder, body, chunk, left); n >= 0; n = read(holder, body, chunk, left)) {
      if (n > left) {
        throw wrong(holder, path, "more");
      }
      out.write(chunk, 0, n);
      left -= n;
      progress.accept(n);
    }
    if (left > 0) {
      throw wrong(holder, path, "fewer");
    }
  }

  /** Asks for one byte more than is left, so that it shows when there are too many. */
  private static int read(Holder holder, AnswerBody body, byte[] chunk, long left)
      throws FetchException, InterruptedException {
    try {
      return body.read(chunk, 0, (int) Math.min(chunk.length, left + 1));
    } catch (IOException e) {
      throw broken(holder, e);
    }
  }

  private static FetchException broken(Holder holder, IOException e) {
    return new FetchException(Fault.UNREACHABLE, holder.id() + ": " + Asker.why(e), e);
  }

  private static FetchException wrong(Holder holder, ImageFile path, String what) {
    return new FetchException(
        Fault.WRONG,
        holder.id() + " gave " + what + " bytes than " + path.file() + " of the image has");
  }
}
