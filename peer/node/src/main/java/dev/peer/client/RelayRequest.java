package dev.peer.client;

import dev.peer.core.record.MalformedException;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Deadline;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsConnector;
import dev.peer.wire.HttpHead;
import dev.peer.wire.Limits;
import dev.peer.wire.Problem;
import dev.peer.wire.RelayPath;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;

/** A request to a relay: for a connection with a purpose. */
public final class RelayRequest {

  private RelayRequest() {}

  /**
   * Opens a connection, which then serves the requested purpose.
   *
   * @throws IOException if there is none; the message names the relay and is fit for the user
   */
  public static TlsConnection open(
      TlsConnector connector, URI relay, RelayPath path, Timeouts patience) throws IOException {
    TlsConnection connection;
    try {
      connection = connector.connect(relay, patience.connect());
    } catch (ConnectionException e) {
      throw new IOException("relay " + BoundedHttpClient.why(e), e);
    }
    boolean done = false;
    try (Deadline deadline = connection.deadline(patience.answer())) {
      ask(connection, relay, path, deadline);
      done = true;
    } catch (MalformedException e) {
      throw new IOException(named(relay, "nonsense: " + BoundedHttpClient.why(e)), e);
    } finally {
      if (!done) {
        connection.cut();
      }
    }
    return connection;
  }

  private static void ask(TlsConnection connection, URI relay, RelayPath path, Deadline deadline)
      throws IOException, MalformedException {
    HttpHead head;
    byte[] body;
    try {
      connection.out().write(path.upgrade(relay.getAuthority()));
      connection.out().flush();
      head = HttpHead.read(connection.in());
      if (RelayPath.isUpgraded(head)) {
        return;
      }
      body = connection.in().readNBytes(head.bodyLength(Limits.ANSWER_BODY));
    } catch (EOFException e) {
      throw new IOException(named(relay, "it broke off (does it trust our certificate?)"), e);
    } catch (IOException e) {
      String why =
          deadline.hasPassed()
              ? "no answer in time"
              : "it broke off: " + BoundedHttpClient.why(ConnectionException.explain(relay, e));
      throw new IOException(named(relay, why), e);
    }
    throw new IOException(
        named(relay, Problem.parse(body).map(Problem::detail).orElse(head.start())));
  }

  private static String named(URI relay, String why) {
    return "relay " + relay.getAuthority() + ": " + why;
  }
}
