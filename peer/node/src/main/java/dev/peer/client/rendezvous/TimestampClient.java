package dev.peer.client.rendezvous;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.flow.Stamper;
import dev.peer.core.timestamp.TimestampException;
import dev.peer.core.timestamp.TimestampQuery;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.PublicClient;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.Trace;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * Asks one time-stamping authority, over HTTP (RFC 3161, 3.4). Everything that goes wrong is a
 * {@link TimestampException} that names it.
 */
public final class TimestampClient implements Stamper, AutoCloseable {

  private static final int DEFAULT_PORT = 443;

  private final URI authority;
  private final Transport transport;
  private final Runnable end;
  private final Timeouts patience;

  /** Sends a request and waits for the head of the answer. */
  @FunctionalInterface
  private interface Transport {
    Response send(Request request) throws IOException, InterruptedException;
  }

  private TimestampClient(URI authority, Transport transport, Runnable end, Timeouts patience) {
    this.authority = authority;
    this.transport = transport;
    this.end = end;
    this.patience = patience;
  }

  /**
   * The one at this URL. A rendezvous of ours is asked as ever, and at its own path where the URL
   * has none; anybody else as one of the world.
   *
   * @param rendezvous ours, as {@link dev.peer.wire.PeerAddress} reads them
   */
  public static TimestampClient of(
      TlsIdentity identity, List<URI> rendezvous, URI authority, Timeouts patience) {
    if (rendezvous.stream().noneMatch(ours -> isAt(authority, ours))) {
      return ofWorld(authority, patience);
    }
    boolean bare = authority.getRawPath().isEmpty() || authority.getRawPath().equals("/");
    return ofTeam(
        identity,
        bare ? authority.resolve(new RendezvousPath.Timestamp().text()) : authority,
        patience);
  }

  private static boolean isAt(URI authority, URI server) {
    return authority.getScheme().equals(server.getScheme())
        && authority.getHost().equalsIgnoreCase(server.getHost())
        && port(authority) == port(server);
  }

  private static int port(URI https) {
    return https.getPort() < 0 ? DEFAULT_PORT : https.getPort();
  }

  /** Any certificate below our anchors, asked with our certificate. */
  private static TimestampClient ofTeam(TlsIdentity identity, URI authority, Timeouts patience) {
    TlsClient https = TlsClient.ofService(identity, patience.connect());
    return new TimestampClient(
        authority,
        request -> https.send(request.with(Trace.HEADER, Trace.ofProcess().header())),
        https::close,
        patience);
  }

  /** It does not see our certificate, and its own is judged by the JVM: its tokens prove more. */
  private static TimestampClient ofWorld(URI authority, Timeouts patience) {
    PublicClient world = new PublicClient(patience.connect());
    return new TimestampClient(authority, world::send, world::close, patience);
  }

  @Override
  public TimestampToken stamp(byte[] stamped) throws TimestampException, InterruptedException {
    TimestampQuery query = TimestampQuery.over(stamped);
    Request request =
        Request.of("POST", authority, patience.answer())
            .with("Accept", MediaTypes.TIMESTAMP_REPLY)
            .with(MediaTypes.TIMESTAMP_QUERY, Request.Body.of(query.der()));
    try {
      return query.token(read(transport.send(request)));
    } catch (ConnectionException e) {
      throw new TimestampException(BoundedHttpClient.why(e), e);
    } catch (IOException | TimestampException e) {
      throw new TimestampException(authority.getAuthority() + ": " + BoundedHttpClient.why(e), e);
    }
  }

  private byte[] read(Response answer)
      throws IOException, TimestampException, InterruptedException {
    try (AnswerBody body = new AnswerBody(answer, patience.answer(), patience.answer())) {
      if (answer.status() != 200 || !BoundedHttpClient.isOf(answer, MediaTypes.TIMESTAMP_REPLY)) {
        throw new TimestampException(
            "no time-stamp reply, but status " + answer.status() + " and something else");
      }
      byte[] bytes = body.readAtMost(TimestampQuery.LARGEST_ANSWER);
      if (bytes.length > TimestampQuery.LARGEST_ANSWER) {
        throw new TimestampException(
            "an answer of more than " + TimestampQuery.LARGEST_ANSWER + " bytes");
      }
      return bytes;
    }
  }

  /** Call it before the process ends. Cuts off requests in progress. */
  @Override
  public void close() {
    end.run();
  }
}
