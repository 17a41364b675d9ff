package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PemSource;
import dev.peer.config.RunSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.util.Optional;
import java.util.stream.Collectors;

/** The CAs that a preparation trusts besides the usual ones. */
public final class PreparationCertificates {

  private PreparationCertificates() {}

  /** Their certificates in PEM, and nothing else of the file; empty if there are none. */
  public static Optional<String> of(Settings settings) throws ConfigException {
    Optional<PemSource> source = RunSettings.prepareCa(settings);
    if (source.isEmpty()) {
      return Optional.empty();
    }
    String name = Setting.PEER_PREPARE_CA.name();
    try {
      return Optional.of(
          Pem.certificates(name, SourceFiles.text(name, source.get())).stream()
              .map(Pem::write)
              .collect(Collectors.joining()));
    } catch (CredentialException e) {
      throw new ConfigException(e.getMessage(), e.hint());
    }
  }
}
