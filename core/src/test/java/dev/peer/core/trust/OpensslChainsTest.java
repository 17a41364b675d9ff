package dev.peer.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people make with the {@code openssl} command, as its manual pages show it. */
class OpensslChainsTest {

  private static final String CONFIG =
      """
      [ca]
      default_ca = here
      [here]
      database = index.txt
      default_md = sha256
      default_crl_days = 30
      """;

  @TempDir private Path directory;

  @BeforeEach
  void requireOpenssl() {
    assumeTrue(Openssl.isThere(), "the openssl command is not installed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "ed25519",
        "rsa:2048",
        "rsa:3072"
      })
  void acceptsARootAndALeafWithoutAnyOptions(String newKey) throws Exception {
    openssl("req -x509 -nodes -subj /CN=x -keyout ca.key -out ca.pem -newkey " + newKey);
    openssl("req -nodes -subj /CN=alice -keyout alice.key -out alice.csr -newkey " + newKey);
    openssl("x509 -req -in alice.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out alice.pem");

    assertThat(accepted("alice.pem", "alice.key")).isEqualTo("CN=alice");
  }

  @Test
  void acceptsAnIntermediateAndNamesInAnExtensionFile() throws Exception {
    write("team.ext", "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=keyCertSign,cRLSign");
    write(
        "alice.ext",
        "subjectAltName=URI:spiffe://example.org/alice,DNS:alice\nextendedKeyUsage=clientAuth");
    openssl("req -x509 -nodes -subj /CN=x -keyout ca.key -out ca.pem -newkey rsa:2048");
    openssl("req -nodes -subj /O=e/CN=Team -keyout team.key -out team.csr -newkey rsa:2048");
    openssl(
        "x509 -req -in team.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile team.ext"
            + " -out team.pem");
    openssl("ecparam -name prime256v1 -genkey -out alice.key");
    openssl("req -new -key alice.key -subj /CN=alice -out alice.csr");
    openssl(
        "x509 -req -in alice.csr -CA team.pem -CAkey team.key -CAcreateserial -extfile alice.ext"
            + " -out leaf.pem");
    write("alice.pem", read("leaf.pem") + read("team.pem"));

    assertThat(accepted("alice.pem", "alice.key")).isEqualTo("spiffe://example.org/alice");
    assertThatThrownBy(() -> accepted("leaf.pem", "alice.key"))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining("no way from");
  }

  @Test
  void acceptsKeysInTheOlderForms() throws Exception {
    openssl("req -x509 -nodes -subj /CN=x -keyout ca.key -out ca.pem -newkey rsa:2048");
    openssl("rsa -traditional -in ca.key -out rsa.key");
    openssl("ecparam -name secp384r1 -genkey -out ec.key");

    assertThat(read("rsa.key")).contains("BEGIN RSA PRIVATE KEY");
    assertThat(Pem.privateKey("rsa.key", read("rsa.key")).getAlgorithm()).isEqualTo("RSA");
    assertThat(read("ec.key")).contains("BEGIN EC PARAMETERS").contains("BEGIN EC PRIVATE KEY");
    assertThat(Pem.privateKey("ec.key", read("ec.key")).getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void refusesASelfSignedCertificateAsPeer() throws Exception {
    openssl("req -x509 -nodes -subj /CN=x -keyout ca.key -out ca.pem -newkey rsa:2048");

    assertThatThrownBy(() -> accepted("ca.pem", "ca.key"))
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("an authority's");
  }

  @Test
  void refusesEncryptedKeysOfBothForms() throws Exception {
    openssl("genpkey -algorithm ed25519 -aes256 -pass pass:secret -out new.key");
    openssl("ecparam -name prime256v1 -genkey -out plain.key");
    openssl("ec -in plain.key -aes256 -passout pass:secret -out old.key");

    for (String file : List.of("new.key", "old.key")) {
      assertThatThrownBy(() -> Pem.privateKey(file, read(file)))
          .isInstanceOf(CredentialException.class)
          .hasMessageContaining("is encrypted");
    }
  }

  @Test
  void refusesWhomAListRevokesInPemAndInDer() throws Exception {
    write("ca.cnf", CONFIG);
    write("index.txt", "");
    openssl("req -x509 -nodes -subj /CN=x -keyout ca.key -out ca.pem -newkey rsa:2048");
    openssl("req -nodes -subj /CN=alice -keyout alice.key -out alice.csr -newkey rsa:2048");
    openssl("x509 -req -in alice.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out alice.pem");
    openssl("ca -config ca.cnf -cert ca.pem -keyfile ca.key -gencrl -out none.crl");
    openssl("ca -config ca.cnf -cert ca.pem -keyfile ca.key -revoke alice.pem");
    openssl("ca -config ca.cnf -cert ca.pem -keyfile ca.key -gencrl -out alice.crl");
    openssl("crl -in alice.crl -outform DER -out alice.der");

    assertThat(accepted("alice.pem", "alice.key", lists("none.crl"))).isEqualTo("CN=alice");
    for (String file : List.of("alice.crl", "alice.der")) {
      assertThatThrownBy(() -> accepted("alice.pem", "alice.key", lists(file)))
          .isInstanceOf(UntrustedCertificateException.class)
          .hasMessageContaining("was revoked at");
    }
  }

  private List<X509CRL> lists(String file) throws Exception {
    return Pem.revocationLists(file, Files.readAllBytes(directory.resolve(file)));
  }

  private String accepted(String certificate, String key) throws Exception {
    return accepted(certificate, key, List.of());
  }

  private String accepted(String certificate, String key, List<X509CRL> lists) throws Exception {
    Credentials credentials =
        Credentials.of(
            Pem.certificates(certificate, read(certificate)), Pem.privateKey(key, read(key)));
    CertificateValidator validator =
        new CertificateValidator(
            TrustAnchors.of(Pem.certificates("ca.pem", read("ca.pem"))),
            RevocationLists.of(lists, RevocationMode.CURRENT));
    return validator
        .validate(credentials.chain(), CertificateRole.CLIENT, Instant.now().plusSeconds(1))
        .id()
        .text();
  }

  private void openssl(String arguments) throws IOException {
    Openssl.run(directory, arguments.split(" "));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }

  private String read(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }
}
