package dev.peer.cli;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.PemSource;
import dev.peer.core.id.Shown;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.core.trust.AccessRule;
import dev.peer.core.trust.AccessRules;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.CredentialException;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Pem;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Who this peer is, whom it trusts and what they may do, read from the settings and checked.
 *
 * @param timestampers whose timestamps count
 */
record Identities(
    Credentials credentials,
    CertificateValidator validator,
    CertificateValidator timestampers,
    AccessRules rules) {

  /**
   * Reads them.
   *
   * @param roles what the own certificate is needed for
   */
  static Identities of(PeerSettings settings, CertificateRole... roles)
      throws ConfigException, CredentialException {
    dev.peer.config.Credentials sources = settings.credentials();
    RevocationLists lists = lists(settings);
    CertificateValidator validator = validator("PEER_CA", sources.ca(), lists);
    Credentials credentials =
        Credentials.of(
            Pem.certificates("PEER_CERT", text("PEER_CERT", sources.certificate())),
            Pem.privateKey("PEER_KEY", text("PEER_KEY", sources.key())));
    for (CertificateRole role : roles) {
      requireValid(validator, credentials, role);
    }
    return new Identities(
        credentials, validator, timestampers(settings, validator, lists), rules(settings));
  }

  /** What judges results, for a command that needs no certificate of its own. */
  static RecordVerifier verifier(PeerSettings settings)
      throws ConfigException, CredentialException {
    RevocationLists lists = lists(settings);
    CertificateValidator validator = validator("PEER_CA", settings.requireCa(), lists);
    return new RecordVerifier(
        validator,
        timestampers(settings, validator, lists),
        rules(settings).sign(),
        InstantSource.system());
  }

  /** A time-stamping authority with this certificate and key, whose tokens would count here. */
  TimestampAuthority timestampAuthority(Path certificate, Path key) throws CredentialException {
    return TimestampAuthority.of(
        Credentials.of(
            Pem.certificates("--tsa-cert", text("--tsa-cert", new PemSource.File(certificate))),
            Pem.privateKey("--tsa-key", text("--tsa-key", new PemSource.File(key)))),
        timestampers,
        InstantSource.system());
  }

  private static RevocationLists lists(PeerSettings settings) throws CredentialException {
    return settings.crl().isPresent()
        ? RevocationLists.of(
            Pem.revocationLists("PEER_CRL", bytes("PEER_CRL", settings.crl().get())))
        : RevocationLists.none();
  }

  private static CertificateValidator validator(
      String name, PemSource anchors, RevocationLists lists) throws CredentialException {
    return new CertificateValidator(
        TrustAnchors.of(Pem.certificates(name, text(name, anchors))), lists);
  }

  private static CertificateValidator timestampers(
      PeerSettings settings, CertificateValidator byDefault, RevocationLists lists)
      throws CredentialException {
    return settings.tsaCa().isPresent()
        ? validator("PEER_TSA_CA", settings.tsaCa().get(), lists)
        : byDefault;
  }

  private static AccessRules rules(PeerSettings settings) throws ConfigException {
    return new AccessRules(
        rule("PEER_ALLOW_FETCH", settings.allowFetch()),
        rule("PEER_ALLOW_ANNOUNCE", settings.allowAnnounce()),
        rule("PEER_ALLOW_SIGN", settings.allowSign()));
  }

  private static void requireValid(
      CertificateValidator validator, Credentials credentials, CertificateRole role)
      throws CredentialException {
    try {
      validator.validate(credentials.chain(), role, Instant.now());
    } catch (UntrustedCertificateException e) {
      throw new CredentialException(
          "this peer's own certificate would be refused by others: " + e.getMessage(),
          "PEER_CERT must hold a valid certificate that PEER_CA vouches for, with what is between"
              + " them; `peer-pki inspect` shows it",
          e);
    }
  }

  private static AccessRule rule(String name, Optional<String> text) throws ConfigException {
    try {
      return text.map(AccessRule::parse).orElseGet(AccessRule::anyone);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          name + ": " + e.getMessage(),
          "a rule is such as uri:spiffe://example.org/ci/* or ou:build+issuer:CN=Team CA");
    }
  }

  private static String text(String name, PemSource source) throws CredentialException {
    return switch (source) {
      case PemSource.Inline inline -> inline.text();
      case PemSource.File file -> new String(bytes(name, file), StandardCharsets.UTF_8);
    };
  }

  private static byte[] bytes(String name, PemSource source) throws CredentialException {
    return switch (source) {
      case PemSource.Inline inline -> inline.text().getBytes(StandardCharsets.UTF_8);
      case PemSource.File file -> read(name, file.path());
    };
  }

  private static byte[] read(String name, Path file) throws CredentialException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(Pem.LARGEST_LIST + 1);
    } catch (NoSuchFileException e) {
      throw new CredentialException(
          name + " names the file " + Shown.of(file.toString()) + ", which is not there",
          "set it to a PEM file, or to the PEM itself",
          e);
    } catch (IOException e) {
      throw new CredentialException(
          name + " names the file " + Shown.of(file.toString()) + ", which can not be read",
          "see who may read it",
          e);
    }
  }

  TlsIdentity tls() {
    return new TlsIdentity(credentials, validator, InstantSource.system());
  }

  RecordVerifier verifier() {
    return new RecordVerifier(validator, timestampers, rules.sign(), InstantSource.system());
  }
}
