package dev.peer.source;

import dev.peer.core.id.RepoId;
import dev.peer.source.command.Answer;
import dev.peer.source.command.GitCommand;
import java.io.IOException;
import java.util.Optional;

/**
 * A repository's name among the peers, from the URL of a remote. One repository has many URLs: it
 * gets the one name that a public forge has for it, or that the configuration of git ({@code
 * url.*.insteadOf}) and ssh ({@code HostName}) on this machine leads to.
 *
 * @param doubt why other machines may know the repository by another name, where they may
 */
record RemoteName(RepoId id, Optional<String> doubt) {

  /**
   * The name that a remote's URL gives; empty where it leads to a place on this machine.
   *
   * @param remote its name
   * @param url as the repository's configuration has it
   * @throws IllegalArgumentException if the id would be too long
   */
  static Optional<RemoteName> of(
      String remote, String url, GitCommand git, SshAddress.Configuration ssh) throws IOException {
    Optional<RepoId> written = RepoId.ofRemote(url).map(RepoId::canonical);
    // A mirror of it is where it is fetched from, and not what it is.
    if (written.filter(RepoId::isAtKnownForge).isPresent()) {
      return written.map(id -> new RemoteName(id, Optional.empty()));
    }
    String used =
        git.ask("ls-remote", "--get-url", remote) instanceof Answer.Said(String text)
            ? text.strip()
            : url;
    Optional<RepoId> rewritten = RepoId.ofRemote(used).map(RepoId::canonical);
    boolean moved =
        rewritten.isPresent()
            && !rewritten.map(RemoteName::place).equals(written.map(RemoteName::place));
    return moved ? resolved(used, rewritten, written, ssh) : resolved(url, written, written, ssh);
  }

  /** The id without a port: the ways to one host are of one repository. */
  private static String place(RepoId id) {
    return id.text().replaceFirst("^([^/]*?):[0-9]+(/|$)", "$1$2");
  }

  private static Optional<RemoteName> resolved(
      String url, Optional<RepoId> named, Optional<RepoId> written, SshAddress.Configuration ssh)
      throws IOException {
    Optional<SshAddress> address = SshAddress.parse(url);
    Optional<String> resolved =
        address.isPresent() && named.filter(RepoId::isAtKnownForge).isEmpty()
            ? address.get().resolved(ssh)
            : Optional.empty();
    Optional<RepoId> id = resolved.flatMap(RepoId::ofRemote).map(RepoId::canonical).or(() -> named);
    return id.map(name -> new RemoteName(name, doubt(name, written, address, resolved)));
  }

  private static Optional<String> doubt(
      RepoId id,
      Optional<RepoId> written,
      Optional<SshAddress> address,
      Optional<String> resolved) {
    if (id.isAtKnownForge()) {
      return Optional.empty();
    }
    if (!Optional.of(id).equals(written)) {
      return Optional.of(
          "only git's and ssh's configuration on this machine leads there"
              + written.map(other -> " from " + other).orElse(""));
    }
    if (resolved.isEmpty() && address.filter(SshAddress::isAlias).isPresent()) {
      return Optional.of("its host has this name in your network or on this machine only");
    }
    if (address.filter(SshAddress::hasPort).isPresent()) {
      return Optional.of("a clone over https has no such port in its URL");
    }
    return id.text().chars().anyMatch(Character::isUpperCase)
        ? Optional.of("if its host takes a path in any case, other clones may spell it differently")
        : Optional.empty();
  }
}
