package dev.peer.core.id;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a repository across machines: 1 to 512 visible characters without blanks, such as {@code
 * git.example.org/team/project} or {@code root:<id of the root commit>}.
 */
public record RepoId(String text) {

  private static final int LONGEST = 512;
  private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://(.*)");
  private static final Pattern SCP = Pattern.compile("(?:[^@/:]+@)?(\\[[^]]*\\]|[^/:]+):(?!//)(.+)");
  private static final Pattern AUTHORITY = Pattern.compile("(?:[^@/]*@)?([^/]*)(/.*)?");

  /** Takes the id as it is. */
  public RepoId {
    boolean wellFormed =
        !text.isEmpty()
            && text.length() <= LONGEST
            && text.codePoints().noneMatch(c -> Character.isWhitespace(c) || c == 0xFFFD)
            && Shown.plain(text).equals(text);
    if (!wellFormed) {
      throw new IllegalArgumentException(
          "not a repository id (1 to 512 visible characters without blanks expected): "
              + Shown.of(text));
    }
  }

  /**
   * The id for a git remote's URL: host in lower case and path, without scheme, user, default port,
   * trailing slash and {@code .git}. The forms {@code https://host/path}, {@code
   * ssh://user@host/path} and {@code user@host:path} of one repository give the same id.
   */
  public static RepoId ofRemote(String url) {
    Matcher asUrl = URL.matcher(url);
    if (asUrl.matches()) {
      Matcher parts = AUTHORITY.matcher(asUrl.group(1));
      if (parts.matches()) {
        String path = parts.group(2) == null ? "" : parts.group(2);
        return new RepoId(host(parts.group(1)) + trimmed(path));
      }
    }
    Matcher asScp = SCP.matcher(url);
    if (asScp.matches()) {
      String path = asScp.group(2);
      return new RepoId(host(asScp.group(1)) + trimmed(path.startsWith("/") ? path : "/" + path));
    }
    return new RepoId(trimmed(url));
  }

  /** The id of a repository without a remote, by its first commit. */
  public static RepoId ofRootCommit(CommitId root) {
    return new RepoId("root:" + root.hex());
  }

  private static String host(String authority) {
    return authority.toLowerCase(Locale.ROOT).replaceFirst(":(22|80|443|9418)?$", "");
  }

  private static String trimmed(String path) {
    return path.replaceFirst("/+$", "").replaceFirst("\\.git$", "").replaceFirst("/+$", "");
  }

  @Override
  public String toString() {
    return text;
  }
}
