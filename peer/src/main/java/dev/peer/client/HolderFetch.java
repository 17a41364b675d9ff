package dev.peer.client;

import dev.peer.core.flow.Fetch;
import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.FetchException.Fault;
import dev.peer.core.flow.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.Limits;
import dev.peer.wire.PeerPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;

/** Fetches results from their holders. */
public final class HolderFetch implements Fetch, AutoCloseable {

  private static final int CHUNK = 64 << 10;

  private final Patience patience;
  private final HolderConnections connections;

  /** Opens no connection yet. */
  public HolderFetch(TlsIdentity identity, Patience patience) {
    this.patience = patience;
    connections = new HolderConnections(identity, patience);
  }

  @Override
  public Attestation attestation(Holder holder, RunKey key)
      throws FetchException, InterruptedException {
    HttpResponse<InputStream> answer = connections.open(holder, new PeerPath.Result(key));
    Duration whole = patience.transfer(Limits.ATTESTATION);
    try (AnswerBody body = new AnswerBody(answer, patience.stall(), whole)) {
      byte[] bytes = body.readAtMost(Limits.ATTESTATION);
      if (bytes.length > Limits.ATTESTATION) {
        throw new FetchException(
            Fault.WRONG,
            holder.id() + " gave an attestation of more than " + Limits.ATTESTATION + " bytes");
      }
      return Attestation.of(bytes);
    } catch (IOException e) {
      throw broken(holder, e);
    }
  }

  @Override
  public void bundle(Holder holder, Content bundle, Path target)
      throws FetchException, IOException, InterruptedException {
    HttpResponse<InputStream> answer = connections.open(holder, new PeerPath.Blob(bundle.digest()));
    Duration whole = patience.transfer(bundle.size());
    try (AnswerBody body = new AnswerBody(answer, patience.stall(), whole);
        OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      boolean done = false;
      try {
        copy(holder, body, bundle, out);
        done = true;
      } finally {
        if (!done) {
          Files.deleteIfExists(target);
        }
      }
    }
  }

  /** Must be done before the process ends. Breaks off what is under way. */
  @Override
  public void close() {
    connections.close();
  }

  private static void copy(Holder holder, AnswerBody body, Content bundle, OutputStream out)
      throws FetchException, IOException, InterruptedException {
    MessageDigest sha256 = Digest.sha256();
    byte[] chunk = new byte[CHUNK];
    long left = bundle.size();
    for (int n = read(holder, body, chunk, left); n >= 0; n = read(holder, body, chunk, left)) {
      if (n > left) {
        throw wrong(holder, bundle, "more bytes");
      }
      sha256.update(chunk, 0, n);
      out.write(chunk, 0, n);
      left -= n;
    }
    if (left > 0) {
      throw wrong(holder, bundle, "fewer bytes");
    }
    if (!Digest.ofFinished(sha256).equals(bundle.digest())) {
      throw wrong(holder, bundle, "other bytes");
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

  private static FetchException wrong(Holder holder, Content bundle, String what) {
    return new FetchException(
        Fault.WRONG,
        holder.id() + " gave " + what + " than the bundle " + bundle.digest() + " has");
  }
}
