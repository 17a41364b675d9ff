package dev.peer.core.pem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each refused form is made by the real tool, and mended by the command that the hint names. */
class MendingCommandsTest {

  private static final Pattern COMMAND =
      Pattern.compile("(?:openssl|ssh-keygen|iconv) [^(;]*?(?= \\(|$)");

  @TempDir private Path directory;

  private X509Certificate certificate;
  private PrivateKey key;

  @BeforeEach
  void make() throws Exception {
    run("printf 'pass word' >pw");
    run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
    run("openssl req -x509 -new -key key.pem -subj /CN=a -days 1 -out cert.pem");
    certificate = Pem.certificates("cert", read("cert.pem")).getFirst();
    key = Pem.privateKey("key", read("key.pem"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openssl pkcs12 -export -inkey key.pem -in cert.pem -passout file:pw -out other",
        "openssl pkcs12 -export -inkey key.pem -in cert.pem -passout pass: -out other",
      })
  void ofAPkcs12TheCertificateAndTheKeyAreMade(String make) throws Exception {
    run(make);
    Files.writeString(directory.resolve("pw"), make.contains("pass:") ? "\n" : "pass word\n");

    assertCertificateIsMade();
    assertKeyIsMade();
  }

  @Test
  void ofDerTheCertificateIsMade() throws Exception {
    run("openssl x509 -in cert.pem -outform DER -out other");

    assertCertificateIsMade();
  }

  @Test
  void ofUtf16TheCertificateIsMade() throws Exception {
    run("iconv -f UTF-8 -t UTF-16 cert.pem >other");

    assertCertificateIsMade();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openssl pkey -in key.pem -outform DER -out other",
        "openssl pkcs8 -topk8 -in key.pem -passout file:pw -out other",
        "openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in key.pem -passout file:pw -out other",
        "openssl ec -in key.pem -aes256 -passout file:pw -out other",
        "iconv -f UTF-8 -t UTF-16 key.pem >other",
      })
  void ofAnotherFormTheKeyIsMade(String make) throws Exception {
    run(make);

    assertKeyIsMade();
  }

  @Test
  void aKeyInTheFormOfOpensshIsRewritten() throws Exception {
    run("cp key.pem other; ssh-keygen -q -p -N '' -m RFC4716 -f other");

    mend(hint(() -> Pem.privateKey("key", read("other"))));

    assertThat(Pem.privateKey("key", read("other"))).isEqualTo(key);
  }

  @Test
  void ofAKeyThatIsNotAcceptedTheCommandMakesAnother() throws Exception {
    run("openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out other");

    mend(hint(() -> Pem.privateKey("key", read("other"))));

    assertThat(Pem.privateKey("key", read("other"))).isNotEqualTo(key);
  }

  private void assertCertificateIsMade() throws Exception {
    mend(hint(() -> Pem.certificates("cert", read("other"))));
    assertThat(Pem.certificates("cert", read("mended"))).containsExactly(certificate);
  }

  private void assertKeyIsMade() throws Exception {
    mend(hint(() -> Pem.privateKey("key", read("other"))));
    assertThat(Pem.privateKey("key", read("mended"))).isEqualTo(key);
  }

  private interface Reading {
    void read() throws Exception;
  }

  private static String hint(Reading reading) {
    return catchThrowableOfType(CredentialException.class, reading::read).hint();
  }

  /** Runs the command, as the hint has it for a file with a password. */
  private void mend(String hint) throws Exception {
    Matcher command = COMMAND.matcher(hint);
    assertThat(command.find()).as(hint).isTrue();
    String line = command.group();
    if (hint.contains(Pem.PASSWORD_FILE)) {
      line += " -passin file:FILE3";
    }
    line = line.replace("FILE3", "pw").replace("FILE2", "mended").replace("FILE", "other");
    run(line);
  }

  private void run(String line) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("sh", "-euc", line))
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "RANDFILE", "rnd"));
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(process.waitFor()).as(line + "\n" + said).isZero();
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name), ISO_8859_1);
  }
}
