package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.tls.Response;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerPath.ImageFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Fetches the files of guest images from their holders. The caller checks their content. */
public final class ImageFetch implements AutoCloseable {

  private final Timeouts patience;
  private final HolderConnections connections;

  /** Opens no connection yet. */
  public ImageFetch(TlsIdentity identity, Timeouts patience) {
    this.patience = patience;
    connections = new HolderConnections(identity, patience);
  }

  /** A small file of the image, of at most so many bytes. */
  public byte[] small(Holder holder, Digest image, String file, int most)
      throws FetchException, InterruptedException {
    Response answer = connections.open(holder, new ImageFile(image, file));
    try (AnswerBody body = new AnswerBody(answer, patience.stall(), patience.transfer(most))) {
      byte[] bytes = body.readAtMost(most);
      if (bytes.length > most) {
        throw new FetchException(
            Fault.WRONG, holder.id() + " gave a " + file + " of more than " + most + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new FetchException(Fault.UNREACHABLE, holder.id() + ": " + BoundedHttpClient.why(e), e);
    }
  }

  /**
   * Writes a file of the image, which the holder may compress on its way. If a part exists already,
   * requests only the rest, as it is; if the transfer breaks, the written part stays.
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
    Transfer.Body body =
        new Transfer.Body(new ImageFile(image, file), file + " of the image", size);
    try (Transfer transfer =
        there > 0
            ? Transfer.open(connections, patience, holder, body, there)
            : Transfer.openCompressed(connections, patience, holder, body)) {
      try (OutputStream out = CountedOutput.onto(target, transfer.from(), progress)) {
        transfer.into(out, patience.stall());
      }
    }
  }

  /** Call it before the process ends. Cuts off transfers in progress. */
  @Override
  public void close() {
    connections.close();
  }
}
