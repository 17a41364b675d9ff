package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PathFinderTest {

  private static final int MOST = CertificateValidator.MOST_CERTIFICATES - 1;

  private static final KeyPair KEYS = keys("secp256r1");

  private final Made trusted = root("Root").make();

  /** They have 15!/8! orders of eight, 32 million. */
  @Test
  @Timeout(300)
  void doesNotTryEveryOrderOfStrangersWhoAllSignedEachOther() {
    Made stranger = root("Stranger").keys(KEYS).make();

    assertThat(paths(leaf("alice", stranger).make(), mesh(stranger))).isEmpty();
  }

  /** Whoever has an authority that we trust can make as many below it. */
  @Test
  @Timeout(300)
  void doesNotTryEveryOrderOfAuthoritiesThatLeadToATrustedOne() {
    Made below = authority("Stranger", trusted).keys(KEYS).make();
    List<X509Certificate> authorities = mesh(below);

    List<List<X509Certificate>> paths = paths(leaf("alice", below).make(), authorities);

    assertThat(paths).isNotEmpty().hasSizeLessThanOrEqualTo(16);
    assertThat(paths).allMatch(path -> path.getLast().equals(trusted.certificate()));
  }

  /** Certificates with one name and one key, so that each has issued all others. */
  private static List<X509Certificate> mesh(Made first) {
    List<X509Certificate> all = new ArrayList<>(List.of(first.certificate()));
    for (int i = 1; i < MOST; i++) {
      all.add(root("Stranger").keys(KEYS).serial(BigInteger.valueOf(i)).make().certificate());
    }
    return all;
  }

  private List<List<X509Certificate>> paths(Made leaf, List<X509Certificate> others) {
    return PathFinder.paths(
        leaf.certificate(), others, TrustAnchors.of(List.of(trusted.certificate())));
  }
}
