package dev.peer.cli;

import dev.peer.client.HolderFetch;
import dev.peer.client.LeasedAnnouncer;
import dev.peer.client.Patience;
import dev.peer.client.RendezvousLookup;
import dev.peer.client.ServeSettings;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Finder;
import dev.peer.core.flow.Lookup;
import dev.peer.core.flow.LookupResult;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CredentialException;
import dev.peer.tls.TlsIdentity;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/** The way to other peers, as far as the settings name one. */
record Network(Identities identities, TlsIdentity tls, PeerSettings settings, Output output) {

  static Network of(PeerSettings settings, Output output, CertificateRole... roles)
      throws ConfigException, CredentialException {
    Identities identities = Identities.of(settings, roles);
    return new Network(identities, identities.tls(), settings, output);
  }

  Finder finder(Store store) {
    return new Finder(
        store, lookup(), new HolderFetch(tls, Patience.DEFAULT), identities.verifier(), output);
  }

  private Lookup lookup() {
    return settings.rendezvous().isEmpty()
        ? (repo, key) -> new LookupResult.Absent()
        : new RendezvousLookup(tls, settings.rendezvous(), Patience.DEFAULT);
  }

  /** Tells the rendezvous what this peer holds; nobody without a rendezvous. */
  Optional<Announcer> announcer() {
    if (settings.rendezvous().isEmpty()) {
      return Optional.empty();
    }
    ServeSettings serve =
        new ServeSettings(
            settings.rendezvous(),
            settings.listen().map(at -> new InetSocketAddress(at.host(), at.port())),
            settings.advertise().stream().map(at -> URI.create("https://" + at)).toList());
    return Optional.of(
        new LeasedAnnouncer(tls, identities.rules(), serve, Patience.DEFAULT, output));
  }
}
