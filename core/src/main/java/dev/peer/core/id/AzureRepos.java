package dev.peer.core.id;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that Azure DevOps has for one repository: of today and of before it had that name,
 * over HTTPS and over SSH. All of them are in lower case here.
 */
final class AzureRepos {

  static final String HOST = "dev.azure.com";

  private static final Pattern SSH =
      Pattern.compile(
          "(?:ssh\\.dev\\.azure\\.com|vs-ssh\\.visualstudio\\.com)/v3/([^/]+)/([^/]+)/([^/]+)");
  private static final Pattern FORMER =
      Pattern.compile(
          "([^./]+)\\.visualstudio\\.com(?:/defaultcollection)?(?:/([^/]+))?/_git/([^/]+)");
  private static final Pattern WEB =
      Pattern.compile("dev\\.azure\\.com/([^/]+)(?:/([^/]+))?/_git/([^/]+)");

  private AzureRepos() {}

  /** The one name for an address; empty: it is another's, or has no such form. */
  static Optional<String> name(String address) {
    for (Pattern form : new Pattern[] {WEB, SSH, FORMER}) {
      Matcher parts = form.matcher(address);
      if (parts.matches()) {
        // A project's repository of the same name is written without the project.
        String project = parts.group(2) == null ? parts.group(3) : parts.group(2);
        return Optional.of(HOST + "/" + parts.group(1) + "/" + project + "/_git/" + parts.group(3));
      }
    }
    return Optional.empty();
  }
}
