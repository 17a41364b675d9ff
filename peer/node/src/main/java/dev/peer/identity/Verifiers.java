package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.progress.Notices;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.RevocationLists;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What judges others by the settings of now, for commands that need no certificate of their own.
 */
public final class Verifiers {

  private Verifiers() {}

  /** The judge of others' certificates. */
  public static CertificateValidator validator(PeerSettings settings)
      throws ConfigException, CredentialException {
    return new CertificateValidator(
        SourceFiles.anchors("PEER_CA", settings.identity().trustedCas()),
        SourceFiles.lists(settings.identity().revocation()));
  }

  /** The verifier of guest images. */
  public static ImageVerifier imageVerifier(PeerSettings settings)
      throws ConfigException, CredentialException {
    return new ImageVerifier(
        validator(settings), RuleReader.rules(settings), InstantSource.system());
  }

  /**
   * The verifier of results.
   *
   * @param notices told of outdated files
   */
  public static RecordVerifier verifier(PeerSettings settings, Notices notices)
      throws ConfigException, CredentialException {
    RevocationLists lists = SourceFiles.lists(settings.identity().revocation());
    CertificateValidator validator =
        new CertificateValidator(
            SourceFiles.anchors("PEER_CA", settings.identity().trustedCas()), lists);
    CertificateValidator timestampers =
        settings.identity().timestamps().cas().isPresent()
            ? new CertificateValidator(
                SourceFiles.anchors("PEER_TSA_CA", settings.identity().timestamps().cas().get()),
                lists)
            : validator;
    lists.overdue(Instant.now()).forEach(text -> notices.say("warning: " + text));
    return new RecordVerifier(
        validator, timestampers, RuleReader.signRules(settings), InstantSource.system());
  }
}
