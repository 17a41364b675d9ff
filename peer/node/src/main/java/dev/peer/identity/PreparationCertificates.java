package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PemSource;
import dev.peer.config.RunSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The CAs that a preparation trusts besides the usual ones. */
public final class PreparationCertificates {

  private PreparationCertificates() {}

  /** Their certificates, and nothing else of the file. */
  public static List<X509Certificate> of(Settings settings) throws ConfigException {
    Optional<PemSource> source = RunSettings.prepareCa(settings);
    if (source.isEmpty()) {
      return List.of();
    }
    String name = Setting.PEER_PREPARE_CA.name();
    try {
      return Pem.certificates(name, SourceFiles.text(name, source.get()));
    } catch (CredentialException e) {
      throw new ConfigException(e.getMessage(), e.hint());
    }
  }
}
