package dev.peer.client;

import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.FetchException.Fault;
import dev.peer.core.flow.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerPath;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The way to holders, at the first of their addresses where that very peer answers. Connections are
 * kept for the next thing to fetch from the same peer.
 */
final class HolderConnections implements AutoCloseable {

  /** Peers whose connections are kept. */
  private static final int KEPT = 16;

  private final TlsIdentity identity;
  private final Patience patience;
  private final SequencedMap<PeerId, Asker> askers = new LinkedHashMap<>(KEPT, 0.75f, true);

  /** Opens no connection yet. */
  HolderConnections(TlsIdentity identity, Patience patience) {
    this.identity = identity;
    this.patience = patience;
  }

  /** The answer of the first address where the holder gives one, its status 200. */
  HttpResponse<InputStream> open(Holder holder, PeerPath path)
      throws FetchException, InterruptedException {
    return open(holder, path, 0);
  }

  /**
   * As the other, for what follows a number of bytes. The answer's status is 206 if it is that, and
   * 200 if it is all of it.
   */
  HttpResponse<InputStream> open(Holder holder, PeerPath path, long skipped)
      throws FetchException, InterruptedException {
    Asker asker = asker(holder.id());
    List<String> failures = new ArrayList<>();
    Fault fault = Fault.UNREACHABLE;
    for (URI address : holder.addresses()) {
      URI uri = URI.create(address + path.text());
      try {
        HttpResponse<InputStream> answer = asker.open(uri, skipped);
        if (answer.statusCode() == 200 || skipped > 0 && answer.statusCode() == 206) {
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

  /**
   * What the certificate says of who gave an answer.
   *
   * @param role what the certificate must be good for
   * @throws ConnectionException if it is not trusted for that
   */
  Identity identityOf(Holder holder, HttpResponse<?> answer, CertificateRole role)
      throws ConnectionException {
    return asker(holder.id()).identityOf(answer, role);
  }

  /** Must be done before the process ends. Breaks off what is under way. */
  @Override
  public synchronized void close() {
    askers.values().forEach(Asker::close);
    askers.clear();
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
}
