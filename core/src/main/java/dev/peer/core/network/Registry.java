package dev.peer.core.network;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A registry of container images.
 *
 * @param host what the names of its images begin with
 * @param plain whether it speaks plain HTTP
 */
public record Registry(AllowedHost host, boolean plain) {

  /** The most that a list may name. */
  public static final int MOST = 64;

  private static final String NONE = "none";
  private static final String PLAIN = "http://";
  private static final Pattern SEPARATOR = Pattern.compile("[\\s,]+");

  /** Docker's, which is at another name than its images have. */
  private static final String HUB = "docker.io";

  private static final String HUB_SERVER = "registry-1.docker.io";

  /**
   * Takes {@code none}, or registries separated by commas or blanks: {@code HOST}, {@code
   * HOST:PORT}, and both with {@code http://} before them.
   *
   * @throws IllegalArgumentException for other text
   */
  public static List<Registry> parse(String text) {
    if (text.equals(NONE)) {
      return List.of();
    }
    List<Registry> all =
        SEPARATOR
            .splitAsStream(text)
            .map(
                one ->
                    one.startsWith(PLAIN)
                        ? new Registry(AllowedHost.parse(one.substring(PLAIN.length())), true)
                        : new Registry(AllowedHost.parse(one), false))
            .toList();
    if (all.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " registries were expected");
    }
    if (all.stream().map(Registry::host).distinct().count() < all.size()) {
      throw new IllegalArgumentException("a registry is listed twice");
    }
    return all;
  }

  /** Where its server is. */
  public URI server() {
    String at = host.toString().equals(HUB) ? HUB_SERVER : host.toString();
    return URI.create((plain ? PLAIN : "https://") + at + "/");
  }

  /** What the names of its images begin with. */
  @Override
  public String toString() {
    return host.toString();
  }
}
