package dev.peer.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a key is damaged, what is said of it, causes and all, holds no part of it. */
class KeySecrecyTest {

  private static final int WINDOW = 12;
  private static final int ROUNDS = 500;

  /** They name methods, and there are many of them. */
  private static final Pattern FRAMES = Pattern.compile("(?m)^\\t+at .*\n");

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp521r1", "Ed25519", "RSA2048"})
  void tellsNoPartOfADamagedKey(String kind) {
    byte[] der = CertificateMaker.keys(kind).getPrivate().getEncoded();
    Set<String> secrets =
        Stream.of(
                Base64.getEncoder().encodeToString(der),
                HexFormat.of().formatHex(der),
                HexFormat.of().withUpperCase().formatHex(der))
            .flatMap(KeySecrecyTest::windows)
            .collect(Collectors.toSet());
    Random random = new Random(kind.hashCode());
    int refused = 0;
    for (String label : new String[] {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"}) {
      String pem = Pem.write(label, der);
      for (int round = 0; round < ROUNDS; round++) {
        String said = refusal(damaged(pem, random));
        refused += said.isEmpty() ? 0 : 1;
        assertThat(windows(said).filter(secrets::contains)).isEmpty();
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS);
  }

  private static String refusal(String pem) {
    StringWriter said = new StringWriter();
    try {
      Pem.privateKey("PEER_KEY", pem);
    } catch (CredentialException e) {
      said.write(e.hint());
      e.printStackTrace(new PrintWriter(said, true));
    }
    return FRAMES.matcher(said.toString()).replaceAll("");
  }

  private static String damaged(String pem, Random random) {
    int at = random.nextInt(pem.length());
    int some = random.nextInt(8);
    return switch (random.nextInt(3)) {
      case 0 -> pem.substring(0, at) + pem.substring(Math.min(pem.length(), at + some));
      case 1 -> pem.substring(0, at) + (char) ('0' + random.nextInt(60)) + pem.substring(at);
      default -> pem.replaceFirst("KEY-----\n", "KEY-----\nX: y\n").substring(0, at);
    };
  }

  /** All parts of it that are long enough to tell something. */
  private static Stream<String> windows(String text) {
    return IntStream.rangeClosed(0, text.length() - WINDOW)
        .mapToObj(at -> text.substring(at, at + WINDOW));
  }
}
