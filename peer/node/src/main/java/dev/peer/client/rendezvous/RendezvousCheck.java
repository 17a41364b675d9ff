package dev.peer.client.rendezvous;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.record.MalformedException;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.AddressList;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** Looks at one rendezvous, and has it look at us. */
public final class RendezvousCheck implements AutoCloseable {

  private final URI rendezvous;
  private final Timeouts patience;
  private final TlsClient https;
  private final BoundedHttpClient asker;

  /** Opens no connection yet. */
  public RendezvousCheck(TlsIdentity identity, URI rendezvous, Timeouts patience) {
    this.rendezvous = rendezvous;
    this.patience = patience;
    https = TlsClient.ofService(identity, patience.connect());
    asker = new BoundedHttpClient(https, patience);
  }

  /**
   * A rendezvous that answered.
   *
   * @param identity its identity, by its certificate
   * @param maySign whether that certificate may sign results
   * @param ahead how much its clock is ahead of ours; a second more or less says nothing
   */
  public record Met(Identity identity, boolean maySign, Optional<Duration> ahead) {}

  /** Asks how it is. */
  public Met meet() throws IOException, InterruptedException {
    URI uri = URI.create(rendezvous + new RendezvousPath.Status().text());
    Response answer = https.send(Request.get(uri, patience.answer()));
    Instant now = Instant.now();
    BoundedHttpClient.Answer read = asker.read(uri, answer);
    if (read.status() != 200) {
      throw new IOException(rendezvous.getAuthority() + ": " + read.why());
    }
    return new Met(
        https.identityOf(answer, CertificateRole.SERVER),
        maySign(answer),
        answer.header("Date").flatMap(date -> ahead(date, now)));
  }

  private boolean maySign(Response answer) {
    try {
      https.identityOf(answer, CertificateRole.SIGNER);
      return true;
    } catch (ConnectionException e) {
      return false;
    }
  }

  private static Optional<Duration> ahead(String date, Instant now) {
    try {
      Instant theirs = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
      return Optional.of(Duration.between(now, theirs));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Those of the addresses where it reaches us. */
  public List<URI> reached(List<URI> addresses) throws IOException, InterruptedException {
    URI uri = URI.create(rendezvous + new RendezvousPath.Reach().text());
    BoundedHttpClient.Answer answer =
        asker.ask("POST", uri, Optional.of(new AddressList(addresses).json()));
    if (answer.status() != 200) {
      throw new IOException(rendezvous.getAuthority() + ": " + answer.why());
    }
    try {
      return AddressList.parse(answer.body()).addresses();
    } catch (MalformedException e) {
      throw new IOException(
          rendezvous.getAuthority() + ": nonsense: " + BoundedHttpClient.why(e), e);
    }
  }

  /** Must be done before the process ends. */
  @Override
  public void close() {
    asker.close();
  }
}
