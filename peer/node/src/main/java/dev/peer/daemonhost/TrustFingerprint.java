package dev.peer.daemonhost;

import dev.peer.config.PeerSettings;
import dev.peer.config.PemSource;
import dev.peer.config.RuleSource;
import dev.peer.config.Setting;
import dev.peer.core.id.Digest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A process's identity and trust, in a form that can be compared and reveals nothing. */
final class TrustFingerprint {

  private TrustFingerprint() {}

  /** A digest of each setting that decides it. */
  static SortedMap<String, String> of(PeerSettings peer) {
    SortedMap<String, String> standing = new TreeMap<>();
    put(standing, Setting.PEER_CERT, pem(peer.cert()));
    put(standing, Setting.PEER_KEY, pem(peer.key()));
    put(standing, Setting.PEER_CA, pem(peer.ca()));
    put(
        standing,
        Setting.PEER_CRL,
        peer.crl().stream().map(TrustFingerprint::text).collect(Collectors.joining("\n")));
    put(standing, Setting.PEER_CRL_MODE, peer.crlMode().name());
    put(standing, Setting.PEER_TSA, peer.tsa().map(URI::toString).orElse(""));
    put(standing, Setting.PEER_TSA_CA, pem(peer.tsaCa()));
    put(standing, Setting.PEER_ALLOW_FETCH, rule(peer.allowFetch()));
    put(standing, Setting.PEER_ALLOW_ANNOUNCE, rule(peer.allowAnnounce()));
    put(standing, Setting.PEER_ALLOW_SIGN, rule(peer.allowSign()));
    return standing;
  }

  private static void put(SortedMap<String, String> standing, Setting setting, String text) {
    standing.put(setting.name(), Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex());
  }

  private static String pem(Optional<PemSource> source) {
    return source.map(TrustFingerprint::text).orElse("");
  }

  private static String text(PemSource source) {
    return switch (source) {
      case PemSource.File file -> "file " + file.path().toAbsolutePath().normalize();
      case PemSource.Inline inline -> "text " + inline.text();
    };
  }

  private static String rule(Optional<RuleSource> source) {
    return source.isEmpty()
        ? ""
        : switch (source.get()) {
          case RuleSource.File file -> "file " + file.path().toAbsolutePath().normalize();
          case RuleSource.Text text -> "text " + text.text();
        };
  }
}
