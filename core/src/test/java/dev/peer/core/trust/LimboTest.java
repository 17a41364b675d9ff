package dev.peer.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The validator against the public suite C2SP/x509-limbo, where its data is there: {@code
 * limbo.json} at the path in the system property {@code peer.limbo}, or in {@code
 * shared/conformance} beside any directory above this one.
 *
 * <p>Where we differ is in {@code limbo-differences.txt}, each case with its reason: a new
 * difference fails the test, and so does one that is gone.
 */
class LimboTest {

  @Test
  void differsFromTheSuiteOnlyWhereTheListSaysWhy() throws Exception {
    Optional<Path> data = data();
    assumeTrue(data.isPresent(), "limbo.json is not there");
    Map<String, String> found = new TreeMap<>();
    int cases = 0;
    for (JsonNode each : new ObjectMapper().readTree(data.get().toFile()).path("testcases")) {
      cases++;
      boolean expected = each.path("expected_result").textValue().equals("SUCCESS");
      String fault = fault(each);
      if (expected != (fault == null)) {
        found.put(each.path("id").textValue(), fault == null ? "accepted" : "refused: " + fault);
      }
    }
    List<Difference> listed = listed();
    print(cases, found, listed);

    assertThat(verdicts(found))
        .isEqualTo(listed.stream().collect(Collectors.toMap(Difference::id, Difference::verdict)));
  }

  /** Its PKIX validator is a second opinion: what it refuses, nobody should be let in by. */
  @Test
  void acceptsNothingThatBouncyCastleRefuses() throws Exception {
    Optional<Path> data = data();
    assumeTrue(data.isPresent(), "limbo.json is not there");
    Map<String, String> refused = new TreeMap<>();
    for (JsonNode each : new ObjectMapper().readTree(data.get().toFile()).path("testcases")) {
      if (fault(each) == null) {
        BouncyCastlePkix.fault(chain(each), certificates(each, "trusted_certs"), time(each))
            .ifPresent(why -> refused.put(each.path("id").textValue(), why));
      }
    }
    assertThat(refused).isEmpty();
  }

  /** Why the case is refused; null if it is accepted. */
  private static String fault(JsonNode limbo) {
    try {
      CertificateValidator validator =
          new CertificateValidator(
              TrustAnchors.of(certificates(limbo, "trusted_certs")),
              RevocationLists.of(lists(limbo), RevocationMode.CURRENT));
      CertificateRole role =
          limbo.path("validation_kind").textValue().equals("CLIENT")
              ? CertificateRole.CLIENT
              : CertificateRole.SERVER;
      return fault(limbo, validator, chain(limbo), role);
    } catch (CredentialException e) {
      return e.getMessage();
    }
  }

  /** What explains a refusal must find something where, and only where, there is one. */
  private static String fault(
      JsonNode limbo,
      CertificateValidator validator,
      List<X509Certificate> chain,
      CertificateRole role) {
    List<CertificateFault> faults = validator.faults(chain, role, time(limbo));
    try {
      Identity identity = validator.validate(chain, role, time(limbo));
      assertThat(faults).isEmpty();
      return isExpectedPeer(identity, limbo.path("expected_peer_name")) ? null : "another name";
    } catch (UntrustedCertificateException e) {
      assertThat(faults).isNotEmpty();
      return e.getMessage();
    }
  }

  /** As one peer knows another: by a whole name. Addresses are names of nobody. */
  private static boolean isExpectedPeer(Identity identity, JsonNode expected) {
    return !expected.path("kind").asText().equals("DNS")
        || identity
            .dnsNames()
            .contains(expected.path("value").textValue().toLowerCase(Locale.ROOT));
  }

  private static Instant time(JsonNode limbo) {
    String text = limbo.path("validation_time").textValue();
    return text == null ? Instant.now() : OffsetDateTime.parse(text).toInstant();
  }

  private static List<X509Certificate> chain(JsonNode limbo) throws CredentialException {
    return certificates(limbo, "peer_certificate", "untrusted_intermediates");
  }

  private static List<X509Certificate> certificates(JsonNode limbo, String... fields)
      throws CredentialException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (String field : fields) {
      JsonNode value = limbo.path(field);
      for (JsonNode pem : value.isTextual() ? List.of(value) : value) {
        certificates.addAll(Pem.certificates(field, pem.textValue()));
      }
    }
    return certificates;
  }

  private static List<X509CRL> lists(JsonNode limbo) throws CredentialException {
    List<X509CRL> lists = new ArrayList<>();
    for (JsonNode pem : limbo.path("crls")) {
      lists.addAll(
          Pem.revocationLists("crls", pem.textValue().getBytes(StandardCharsets.US_ASCII)));
    }
    return lists;
  }

  private static Map<String, String> verdicts(Map<String, String> found) {
    Map<String, String> verdicts = new TreeMap<>();
    found.forEach((id, verdict) -> verdicts.put(id, verdict.replaceFirst(":.*", "")));
    return verdicts;
  }

  /** The score, and the cases that differ under the reason that the list gives for them. */
  private static void print(int cases, Map<String, String> found, List<Difference> listed) {
    long accepted = found.values().stream().filter("accepted"::equals).count();
    System.out.printf(
        "limbo: %d of %d as expected; %d accepted and %d refused otherwise%n",
        cases - found.size(), cases, accepted, found.size() - accepted);
    listed.stream()
        .collect(
            Collectors.groupingBy(
                difference -> difference.verdict() + ": " + difference.reason(),
                LinkedHashMap::new,
                Collectors.mapping(Difference::id, Collectors.joining(" "))))
        .forEach((reason, ids) -> System.out.printf("limbo: %s%n       %s%n", reason, ids));
  }

  /** A line of the list. */
  private record Difference(String id, String verdict, String reason) {}

  private static List<Difference> listed() throws IOException {
    List<Difference> listed = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                LimboTest.class.getResourceAsStream("limbo-differences.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] fields = line.split(" +", 3);
          assertThat(fields).as(line).hasSize(3);
          listed.add(new Difference(fields[0], fields[1], fields[2]));
        }
      }
    }
    return listed;
  }

  private static Optional<Path> data() {
    String property = System.getProperty("peer.limbo");
    if (property != null) {
      return Optional.of(Path.of(property));
    }
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path file = up.resolveSibling("shared").resolve("conformance/limbo.json");
      if (Files.exists(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }
}
