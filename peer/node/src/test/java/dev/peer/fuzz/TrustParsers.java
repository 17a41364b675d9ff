package dev.peer.fuzz;

import static dev.peer.fuzz.Parser.bytes;
import static dev.peer.fuzz.Parser.require;

import dev.peer.core.access.AccessRule;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.CertificateRequest;
import dev.peer.pki.issue.KeyType;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** Certificates, keys, revocation lists, and the rules about them. */
final class TrustParsers {

  private static final String WHAT = "PEER_X";

  private TrustParsers() {}

  static List<Parser> all() throws Exception {
    Validity validity = Validity.lasting(Duration.ofDays(1));
    CertificateAuthority authority = CertificateAuthority.create("Team", validity);
    Credentials peer =
        authority
            .intermediate("Between", validity)
            .issue(
                CertificateRequest.named("peer")
                    .uri("spiffe://team/peer")
                    .dns("peer.example.org")
                    .validity(validity));
    X509CRL list = authority.revocationList(List.of(peer.leaf()), Instant.now(), validity);
    CertificateValidator validator = validator(authority, RevocationLists.none());
    List<byte[]> keys = new ArrayList<>();
    for (KeyType type : KeyType.values()) {
      PrivateKey key = type.generate().getPrivate();
      keys.add(bytes(PemText.privateKey(key)));
      if (!key.getAlgorithm().startsWith("Ed")) {
        keys.add(olderForm(key));
      }
    }
    return List.of(
        Parser.of(
            "certificates",
            CredentialException.class,
            bytes -> Pem.certificates(WHAT, text(bytes)),
            List.of(bytes(PemText.chain(peer)))),
        Parser.of("private key", CredentialException.class, bytes -> key(text(bytes)), keys),
        new Parser(
            "revocation lists",
            Set.of(CredentialException.class, UntrustedCertificateException.class),
            bytes -> {
              RevocationLists lists =
                  RevocationLists.of(Pem.revocationLists(WHAT, bytes), RevocationMode.CURRENT);
              validator(authority, lists)
                  .validate(peer.chain(), CertificateRole.SIGNER, Instant.now());
            },
            List.of(list.getEncoded(), bytes(PemText.revocationList(list)))),
        new Parser(
            "certificate of a stranger",
            Set.of(CredentialException.class, UntrustedCertificateException.class),
            bytes -> validate(validator, bytes, peer),
            List.of(peer.leaf().getEncoded())),
        Parser.of(
            "access rule",
            IllegalArgumentException.class,
            TrustParsers::rule,
            List.of(
                bytes("uri:spiffe://example.org/ci/*,ou:build+cn:laptop-*"),
                bytes("issuer:CN=Team CA + dns:*.example.org"),
                bytes(""))));
  }

  private static CertificateValidator validator(
      CertificateAuthority authority, RevocationLists lists) {
    return new CertificateValidator(TrustAnchors.of(List.of(authority.root())), lists);
  }

  private static byte[] olderForm(PrivateKey key) throws IOException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    byte[] curve = info.getPrivateKeyAlgorithm().getParameters().toASN1Primitive().getEncoded();
    String parameters = key.getAlgorithm().equals("EC") ? Pem.write("EC PARAMETERS", curve) : "";
    byte[] der = info.parsePrivateKey().toASN1Primitive().getEncoded();
    return bytes(parameters + Pem.write(key.getAlgorithm() + " PRIVATE KEY", der));
  }

  private static void key(String text) throws CredentialException {
    require(Pem.privateKey(WHAT, text) != null, "a key or a refusal");
  }

  /** As a certificate that a connection begins with, before anybody knows whose it is. */
  private static void validate(CertificateValidator validator, byte[] der, Credentials peer)
      throws CredentialException, UntrustedCertificateException {
    List<X509Certificate> chain =
        new ArrayList<>(Pem.certificates(WHAT, Pem.write("CERTIFICATE", der)));
    chain.addAll(peer.chain().subList(1, peer.chain().size()));
    validator.validate(chain, CertificateRole.CLIENT, Instant.now());
  }

  private static void rule(byte[] bytes) {
    String shown = AccessRule.parse(text(bytes)).toString();
    boolean empty = text(bytes).isBlank();
    require(
        empty || AccessRule.parse(shown).toString().equals(shown), "a rule is shown as it is read");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
