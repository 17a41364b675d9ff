package dev.peer.client.fetch;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerPath;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + new PeerPath.Status().text()))
            .timeout(patience.answer())
            .build();
    try (TlsClient https = TlsClient.ofService(identity, patience.connect())) {
      HttpResponse<InputStream> answer = https.send(request, BodyHandlers.ofInputStream());
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
