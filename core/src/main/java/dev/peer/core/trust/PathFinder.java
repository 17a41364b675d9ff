package dev.peer.core.trust;

import dev.peer.core.pem.KeyKind;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the ways from a certificate up to a trust anchor, among certificates in any order.
 *
 * <p>Bounded: the party that chose the certificates cannot make it work for long. Use one finder
 * for one search.
 */
final class PathFinder {

  /** The most authorities above a leaf, the anchor among them. */
  static final int LONGEST = 8;

  private static final int MOST_PATHS = 16;
  private static final int MOST_STEPS = 1_000;
  private static final int MOST_SIGNATURES = 64;

  private final List<X509Certificate> anchors;
  private final List<X509Certificate> intermediates;
  private final Map<X509Certificate, Set<X509Certificate>> issuers = new HashMap<>();
  private final List<List<X509Certificate>> paths = new ArrayList<>();
  private int signatures;
  private int steps;

  private PathFinder(List<X509Certificate> anchors, List<X509Certificate> intermediates) {
    this.anchors = anchors;
    this.intermediates = intermediates;
  }

  /**
   * The ways, the shortest to an anchor first where one certificate has several.
   *
   * @param leaf where the ways begin
   * @param others the certificates that may lie between, in any order
   * @return from the leaf to the anchor, both included
   */
  static List<List<X509Certificate>> paths(
      X509Certificate leaf, List<X509Certificate> others, TrustAnchors anchors) {
    List<X509Certificate> intermediates =
        others.stream()
            .distinct()
            .filter(other -> !other.equals(leaf) && !anchors.certificates().contains(other))
            .toList();
    PathFinder finder = new PathFinder(anchors.certificates(), intermediates);
    finder.findIssuers(leaf);
    finder.extend(new ArrayDeque<>(List.of(leaf)));
    return finder.paths;
  }

  /** From the anchors down, so that it tries no key that nobody trusted has signed. */
  private void findIssuers(X509Certificate leaf) {
    Deque<X509Certificate> trusted = new ArrayDeque<>(anchors);
    Set<X509Certificate> reached = new HashSet<>();
    while (!trusted.isEmpty()) {
      X509Certificate authority = trusted.removeFirst();
      addIfIssued(leaf, authority);
      for (X509Certificate below : intermediates) {
        if (!below.equals(authority) && addIfIssued(below, authority) && reached.add(below)) {
          trusted.addLast(below);
        }
      }
    }
  }

  private boolean addIfIssued(X509Certificate certificate, X509Certificate authority) {
    if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())
        || signatures == MOST_SIGNATURES) {
      return false;
    }
    signatures++;
    return isSignedBy(certificate, authority)
        && issuers.computeIfAbsent(certificate, _ -> new HashSet<>()).add(authority);
  }

  private void extend(Deque<X509Certificate> path) {
    Set<X509Certificate> above = issuers.getOrDefault(path.getLast(), Set.of());
    for (X509Certificate anchor : anchors) {
      if (paths.size() < MOST_PATHS && above.contains(anchor)) {
        List<X509Certificate> whole = new ArrayList<>(path);
        whole.add(anchor);
        paths.add(List.copyOf(whole));
      }
    }
    for (X509Certificate authority : intermediates) {
      // The path so far, this authority, and an anchor.
      if (path.size() + 1 <= LONGEST
          && paths.size() < MOST_PATHS
          && above.contains(authority)
          && !path.contains(authority)
          && steps++ < MOST_STEPS) {
        path.addLast(authority);
        extend(path);
        path.removeLast();
      }
    }
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
    if (KeyKind.of(authority.getPublicKey()).isEmpty()) {
      // The way is refused for this key, and better for a named reason than for being no way.
      return true;
    }
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
