package dev.peer.cli;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.PemSource;
import dev.peer.core.id.Shown;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.trust.AccessRule;
import dev.peer.core.trust.AccessRules;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.CredentialException;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.NamespaceRules;
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
import java.util.function.Function;

/** Who this peer is, whom it trusts and what they may do, read from the settings and checked. */
record Identities(Credentials credentials, CertificateValidator validator, AccessRules rules) {

  /**
   * Reads them.
   *
   * @param roles what the own certificate is needed for
   */
  static Identities of(PeerSettings settings, CertificateRole... roles)
      throws ConfigException, CredentialException {
    dev.peer.config.Credentials sources = settings.credentials();
    CertificateValidator validator = validator(sources.ca(), sources.crl());
    Credentials credentials =
        Credentials.of(
            Pem.certificates("PEER_CERT", text("PEER_CERT", sources.certificate())),
            Pem.privateKey("PEER_KEY", text("PEER_KEY", sources.key())));
    for (CertificateRole role : roles) {
      requireValid(validator, credentials, role);
    }
    return new Identities(credentials, validator, rules(settings));
  }

  /** The judge of others; needs no certificate of our own. */
  static CertificateValidator validator(PemSource ca, Optional<PemSource> crl)
      throws CredentialException {
    return new CertificateValidator(
        TrustAnchors.of(Pem.certificates("PEER_CA", text("PEER_CA", ca))),
        crl.isPresent()
            ? RevocationLists.of(Pem.revocationLists("PEER_CRL", bytes("PEER_CRL", crl.get())))
            : RevocationLists.none());
  }

  /** Who may do what. */
  static AccessRules rules(PeerSettings settings) throws ConfigException {
    return new AccessRules(
        rule("PEER_ALLOW_FETCH", settings.allowFetch(), NamespaceRules::parse)
            .orElseGet(() -> NamespaceRules.everywhere(AccessRule.anyone())),
        rule("PEER_ALLOW_ANNOUNCE", settings.allowAnnounce(), NamespaceRules::parse)
            .orElseGet(() -> NamespaceRules.everywhere(AccessRule.anyone())),
        rule("PEER_ALLOW_SIGN", settings.allowSign(), AccessRule::parse)
            .orElseGet(AccessRule::anyone));
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

  private static <T> Optional<T> rule(String name, Optional<String> text, Function<String, T> parse)
      throws ConfigException {
    try {
      return text.map(parse);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          name + ": " + e.getMessage(),
          "a rule is such as uri:spiffe://example.org/ci/* or ou:build+issuer:CN=Team CA; where"
              + " results are fetched or announced also github.com/team/* => ou:team");
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
    return new RecordVerifier(validator, rules.sign(), InstantSource.system());
  }
}
