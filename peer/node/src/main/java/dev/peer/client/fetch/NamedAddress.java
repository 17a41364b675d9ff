package dev.peer.client.fetch;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerPath;
import java.net.URI;
import java.util.List;

/** An address that the user names: any certificate below our anchors may answer there. */
public final class NamedAddress {

  private NamedAddress() {}

  /**
   * Finds out from the certificate which peer answers at an address.
   *
   * @param address as {@link dev.peer.wire.PeerAddress} reads it
   */
  public static Holder ask(TlsIdentity identity, URI address, Timeouts patience)
      throws FetchException, InterruptedException {
    Request request =
        Request.get(URI.create(address + new PeerPath.Status().text()), patience.answer());
    try (TlsClient https = TlsClient.ofService(identity, patience.connect())) {
      Response answer = https.send(request);
      return new Holder(https.serverOf(answer), List.of(address));
    } catch (ConnectionException e) {
      Fault fault =
          switch (e.kind()) {
            case UNREACHABLE, BROKEN_OFF -> Fault.UNREACHABLE;
            case REFUSED_US -> Fault.REFUSED;
            case NOT_WHO_IT_SHOULD_BE -> Fault.WRONG;
          };
      throw new FetchException(fault, BoundedHttpClient.why(e), e);
    }
  }
}
