package dev.peer.core.trust;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the ways from a certificate up to a trust anchor, among certificates in any order.
 *
 * <p>Bounded: whoever chose the certificates can not make it work for long. One finder, one search.
 */
final class PathFinder {

  /** The most authorities above a leaf, the anchor among them. */
  static final int LONGEST = 8;

  private static final int MOST_PATHS = 16;
  private static final int MOST_SIGNATURES = 64;

  private final List<X509Certificate> anchors;
  private final List<X509Certificate> intermediates;
  private final Map<Edge, Boolean> signed = new HashMap<>();
  private final List<List<X509Certificate>> paths = new ArrayList<>();

  private PathFinder(List<X509Certificate> anchors, List<X509Certificate> intermediates) {
    this.anchors = anchors;
    this.intermediates = intermediates;
  }

  /**
   * The ways, the shortest to an anchor first where one certificate has several.
   *
   * @param leaf where the ways begin
   * @param others what may lie between, in any order
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
    finder.extend(new ArrayDeque<>(List.of(leaf)));
    return finder.paths;
  }

  private void extend(Deque<X509Certificate> path) {
    X509Certificate last = path.getLast();
    for (X509Certificate anchor : anchors) {
      if (paths.size() < MOST_PATHS && isIssuedBy(last, anchor)) {
        List<X509Certificate> whole = new ArrayList<>(path);
        whole.add(anchor);
        paths.add(List.copyOf(whole));
      }
    }
    for (X509Certificate authority : intermediates) {
      // The path so far, this authority, and an anchor.
      if (path.size() + 1 <= LONGEST
          && paths.size() < MOST_PATHS
          && !path.contains(authority)
          && isIssuedBy(last, authority)) {
        path.addLast(authority);
        extend(path);
        path.removeLast();
      }
    }
  }

  private boolean isIssuedBy(X509Certificate certificate, X509Certificate authority) {
    if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
      return false;
    }
    Edge edge = new Edge(certificate, authority);
    Boolean known = signed.get(edge);
    if (known == null) {
      known = signed.size() < MOST_SIGNATURES && isSignedBy(certificate, authority);
      signed.put(edge, known);
    }
    return known;
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

  private record Edge(X509Certificate certificate, X509Certificate authority) {}
}
