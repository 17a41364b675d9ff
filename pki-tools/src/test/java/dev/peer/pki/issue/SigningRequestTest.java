package dev.peer.pki.issue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigningRequestTest {

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void isReadBackWithItsKey(KeyType type) throws Exception {
    KeyPair pair = type.generate();

    assertThat(SigningRequest.key("request.pem", SigningRequest.pem("laptop", pair)))
        .isEqualTo(pair.getPublic());
  }

  /** As `openssl req -text` and editors leave it. */
  @Test
  void passesOverTextAroundIt() throws Exception {
    KeyPair pair = KeyType.P256.generate();
    String text = "\ufeffCertificate Request:\n    Data:\n" + SigningRequest.pem("laptop", pair);

    assertThat(SigningRequest.key("request.pem", text)).isEqualTo(pair.getPublic());
  }

  @Test
  void refusesAKeyThatNoPeerAccepts() throws Exception {
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(1024);

    refused(SigningRequest.pem("laptop", small.generateKeyPair()), "is not accepted: RSA 1024");
  }

  @Test
  void refusesOneThatItsKeyHasNotSigned() {
    String text = SigningRequest.pem("laptop", KeyType.P256.generate());
    byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
    // In the name, which the signature covers.
    der[new String(der, ISO_8859_1).indexOf("laptop")] = 'b';

    refused(Pem.write("CERTIFICATE REQUEST", der), "not signed with the key");
  }

  @Test
  void refusesWhatIsNoRequest() {
    refused("", "one CERTIFICATE REQUEST in PEM expected");
    refused(Pem.write("CERTIFICATE", new byte[] {1}), "one CERTIFICATE REQUEST in PEM expected");
    refused(Pem.write("CERTIFICATE REQUEST", new byte[] {1}), "cannot be read");
  }

  private static void refused(String text, String why) {
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> SigningRequest.key("request.pem", text))
        .withMessageStartingWith("request.pem: ")
        .withMessageContaining(why);
  }
}
