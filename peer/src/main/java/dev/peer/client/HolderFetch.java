package dev.peer.client;

import dev.peer.core.flow.Fetch;
import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.FetchException.Fault;
import dev.peer.core.flow.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.Limits;
import dev.peer.wire.PeerPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Fetches from a holder, at the first of its addresses where that very peer answers. Connections
 * are kept for the next thing to fetch from the same peer.
 */
public final class HolderFetch implements Fetch, AutoCloseable {

  /** Peers whose connections are kept. */
  private static final int KEPT = 16;

  private static final int CHUNK = 64 << 10;

  private final TlsIdentity identity;
  private final Patience patience;
  private final SequencedMap<PeerId, Asker> askers = new LinkedHashMap<>(KEPT, 0.75f, true);

  /** Opens no connection yet. */
  public HolderFetch(TlsIdentity identity, Patience patience) {
    this.identity = identity;
    this.patience = patience;
  }

  @Override
  public Attestation attestation(Holder holder, RunKey key)
      throws FetchException, InterruptedException {
    HttpResponse<InputStream> answer = open(holder, new PeerPath.Result(key));
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
    HttpResponse<InputStream> answer = open(holder, new PeerPath.Blob(bundle.digest()));
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
  public synchronized void close() {
    askers.values().forEach(Asker::close);
    askers.clear();
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

  /** The answer of the first address where the holder gives one, its status 200. */
  private HttpResponse<InputStream> open(Holder holder, PeerPath path)
      throws FetchException, InterruptedException {
    Asker asker = asker(holder.id());
    List<String> failures = new ArrayList<>();
    Fault fault = Fault.UNREACHABLE;
    for (URI address : holder.addresses()) {
      URI uri = URI.create(address + path.text());
      try {
        HttpResponse<InputStream> answer = asker.open(uri);
        if (answer.statusCode() == 200) {
          return answer;
        }
        // It is the right peer: another of its addresses would say the same.
        throw new FetchException(Fault.REFUSED, holder.id() + ": " + asker.read(uri, answer).why());
      } catch (ConnectionException e) {
        failures.add(Asker.why(e));
        fault = worse(fault, e.kind());
      } catch (IOException e) {
        failures.add(Asker.why(e));
      }
    }
    throw new FetchException(fault, holder.id() + ": " + String.join("; ", failures));
  }

  private static Fault worse(Fault fault, ConnectionException.Kind kind) {
    return switch (kind) {
      case UNREACHABLE, BROKEN_OFF -> fault;
      case REFUSED_US -> fault == Fault.WRONG ? fault : Fault.REFUSED;
      case NOT_WHO_IT_SHOULD_BE -> Fault.WRONG;
    };
  }

  private synchronized Asker asker(PeerId peer) {
    Asker asker =
        askers.computeIfAbsent(
            peer, _ -> new Asker(TlsClient.ofPeer(identity, peer, patience.connect()), patience));
    if (askers.size() > KEPT) {
      askers.pollFirstEntry().getValue().close();
    }
    return asker;
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
