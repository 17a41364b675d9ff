package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PemSource;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.tls.TlsIdentity;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The identity of a rendezvous towards the store of its index, and the authority of the store's
 * certificate. What has no files of its own is as for everybody else.
 */
final class StoreIdentity {

  private final Optional<Reloadable<Credentials>> own;
  private final Optional<Reloadable<TrustAnchors>> anchors;
  private final TlsIdentity tls;

  /** What counts where the store has no files of its own. */
  record Fallback(Credentials own, CertificateValidator validator, RevocationLists lists) {}

  StoreIdentity(StoreFiles files, Fallback fallback) throws ConfigException, CredentialException {
    own = files.pair().isEmpty() ? Optional.empty() : Optional.of(pair(files.pair().get()));
    anchors =
        files.ca().isEmpty()
            ? Optional.empty()
            : Optional.of(
                SourceFiles.reloadableAnchors("--store-ca", new PemSource.File(files.ca().get())));
    tls = new TlsIdentity(credentials(fallback), validator(fallback), InstantSource.system());
  }

  private static Reloadable<Credentials> pair(StoreFiles.Pair pair)
      throws ConfigException, CredentialException {
    PemSource certificate = new PemSource.File(pair.certificate());
    PemSource key = new PemSource.File(pair.key());
    return Reloadable.read(
        SourceFiles.files(certificate, key),
        () -> SourceFiles.credentials("--store-cert", certificate, "--store-key", key));
  }

  /** For connections to the store. */
  TlsIdentity tls() {
    return tls;
  }

  /** The parts that can change, each with its name for people. */
  void forEach(BiConsumer<String, Reloadable<?>> parts) {
    own.ifPresent(part -> parts.accept("--store-cert and --store-key", part));
    anchors.ifPresent(part -> parts.accept("--store-ca", part));
  }

  /** From now on what the parts hold counts. */
  void renew(Fallback fallback) {
    tls.renew(credentials(fallback), validator(fallback));
  }

  private Credentials credentials(Fallback fallback) {
    return own.map(Reloadable::value).orElseGet(fallback::own);
  }

  private CertificateValidator validator(Fallback fallback) {
    return anchors
        .map(part -> new CertificateValidator(part.value(), fallback.lists()))
        .orElseGet(fallback::validator);
  }
}
