package dev.peer.core.id;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The public forges of which it is known what names they have for one repository. */
final class KnownForge {

  /** They find a repository whatever the case of its path. */
  private static final Set<String> FOLDING =
      Set.of(
          "github.com",
          "gitlab.com",
          "bitbucket.org",
          "codeberg.org",
          "gitea.com",
          AzureRepos.HOST);

  /** Their documented addresses for networks that let only port 443 through, and for browsers. */
  private static final Map<String, String> OTHER_HOSTS =
      Map.of(
          "ssh.github.com", "github.com",
          "ssh.github.com:443", "github.com",
          "www.github.com", "github.com",
          "altssh.gitlab.com", "gitlab.com",
          "altssh.gitlab.com:443", "gitlab.com",
          "altssh.bitbucket.org", "bitbucket.org",
          "altssh.bitbucket.org:443", "bitbucket.org");

  private KnownForge() {}

  /** The forge's one name for a repository; empty: it is at no known forge. */
  static Optional<String> name(String id) {
    int slash = id.indexOf('/');
    String host = slash < 0 ? id : id.substring(0, slash);
    String forge = OTHER_HOSTS.getOrDefault(host, host);
    Optional<String> folded =
        FOLDING.contains(forge)
            ? Optional.of(forge + folded(id.substring(host.length())))
            : Optional.empty();
    return AzureRepos.name(folded(id)).or(() -> folded);
  }

  /** ASCII alone: other letters may fold into these, and are of other names. */
  private static String folded(String path) {
    StringBuilder folded = new StringBuilder(path);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }
}
