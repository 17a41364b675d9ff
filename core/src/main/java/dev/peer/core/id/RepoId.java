package dev.peer.core.id;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a repository across machines: 1 to 512 visible characters without blanks, such as {@code
 * git.example.org/team/project} or {@code root:<id of the root commit>}.
 */
public record RepoId(String text) {

  private static final int LONGEST = 512;
  private static final String LAYERS = "layers:/";

  private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)");
  // As git reads it: a colon before the first slash. Two colons name a remote helper.
  private static final Pattern SCP =
      Pattern.compile("(?:[^@/:]+@)?(\\[[^]/]*\\]|[^/:]+):(?!:)(.+)");
  private static final Pattern WINDOWS_DRIVE = Pattern.compile("[A-Za-z]:.*");

  private static final Map<String, String> DEFAULT_PORTS =
      Map.of(
          "http", "80", "https", "443", "git", "9418", "ssh", "22", "git+ssh", "22", "ssh+git",
          "22");
  private static final Set<String> THIS_MACHINE = Set.of("", "localhost", "127.0.0.1", "[::1]");

  /** Takes the id as it is. */
  public RepoId {
    boolean wellFormed =
        !text.isEmpty()
            && text.length() <= LONGEST
            && (Printable.isVisibleAscii(text) || isVisible(text));
    if (!wellFormed) {
      throw new IllegalArgumentException(
          "not a repository id (1 to 512 visible characters without blanks expected): "
              + Printable.of(text));
    }
  }

  /**
   * The id for a git remote's URL: host in lower case and path, without scheme, user and password,
   * the scheme's default port, query, trailing slash and {@code .git}. The forms {@code
   * https://host/path}, {@code ssh://user@host/path} and {@code user@host:path} of one repository
   * give the same id. Characters that an id cannot hold are percent-encoded.
   *
   * <p>Empty where the URL names a place on one machine only: a path, a {@code file:} URL, a
   * loopback host, a remote helper ({@code helper::address}). Two machines have different
   * repositories at the same path, and one repository at different paths.
   *
   * @throws IllegalArgumentException if the id would be too long
   */
  public static Optional<RepoId> ofRemote(String url) {
    Matcher asUrl = URL.matcher(url);
    if (asUrl.matches()) {
      String scheme = asUrl.group(1).toLowerCase(Locale.ROOT);
      String path = asUrl.group(3);
      boolean web = scheme.equals("http") || scheme.equals("https");
      return scheme.equals("file")
          ? Optional.empty()
          : of(hostAndPort(scheme, asUrl.group(2)), web ? path.replaceFirst("[?#].*", "") : path);
    }
    Matcher asScp = SCP.matcher(url);
    boolean remote = asScp.matches() && !WINDOWS_DRIVE.matcher(url).matches();
    return remote ? of(asScp.group(1).toLowerCase(Locale.ROOT), asScp.group(2)) : Optional.empty();
  }

  /** The id of a repository without a remote, by its first commit. */
  public static RepoId ofRootCommit(CommitId root) {
    return new RepoId("root:" + root.hex());
  }

  /**
   * What stands for a repository where layers of container images are built that use none.
   *
   * @param layers the digest of what they are built from
   */
  public static RepoId ofLayers(Digest layers) {
    return new RepoId(LAYERS + layers.hex());
  }

  /** Whether it is that of layers, which belong to no repository. */
  public boolean isOfLayers() {
    return text.startsWith(LAYERS);
  }

  /**
   * The one name of a repository that has several: at a public forge that takes a path in any case,
   * or has a second host for it, the forge's main host and the path in lower case. Any other id is
   * itself.
   */
  public RepoId canonical() {
    return KnownForge.name(text).map(RepoId::new).orElse(this);
  }

  /** Like {@link #canonical()}, for the text of an id or of a pattern that begins as ids do. */
  public static String canonical(String pattern) {
    return KnownForge.name(pattern).orElse(pattern);
  }

  /** Whether it is at a public forge, whose name for it all machines know. */
  public boolean isAtKnownForge() {
    return KnownForge.name(text).isPresent();
  }

  private static Optional<RepoId> of(String host, String path) {
    if (THIS_MACHINE.contains(host.replaceFirst(":[0-9]+$", ""))) {
      return Optional.empty();
    }
    String trimmed =
        ("/" + path)
            .replaceAll("/{2,}", "/")
            .replaceFirst("/$", "")
            .replaceFirst("\\.git$", "")
            .replaceFirst("/$", "");
    return Optional.of(new RepoId(encoded(host + trimmed)));
  }

  private static String hostAndPort(String scheme, String authority) {
    // The last @: a password may hold one, and no part of it may get into the id.
    String host = authority.substring(authority.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    String port = ":" + DEFAULT_PORTS.getOrDefault(scheme, "");
    String named = host.endsWith(port) ? host.substring(0, host.length() - port.length()) : host;
    // As git and URLs have it, a colon without a port says nothing.
    return named.replaceFirst(":+$", "");
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    text.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            c -> {
              boolean plain = !isBlank(c.codePointAt(0)) && Printable.plain(c).equals(c);
              encoded.append(
                  plain ? c : URLEncoder.encode(c, StandardCharsets.UTF_8).replace("+", "%20"));
            });
    return encoded.toString();
  }

  private static boolean isVisible(String text) {
    return text.codePoints().noneMatch(c -> isBlank(c) || c == 0xFFFD)
        && Printable.plain(text).equals(text);
  }

  private static boolean isBlank(int codePoint) {
    return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
  }

  @Override
  public String toString() {
    return text;
  }
}
