package dev.peer.cli.setup;

import dev.peer.core.id.RepoId;
import java.util.Optional;
import java.util.regex.Pattern;

/** The {@code .env} of a repository that begins to use {@code peer}. */
public final class EnvTemplate {

  private static final Pattern UNQUOTED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~/:%@+-]*");

  private EnvTemplate() {}

  /**
   * The file.
   *
   * @param image the guest image to pin, {@code sha256:...}; nothing where this machine has none
   * @param repo the name among the peers; nothing where no remote says one
   */
  public static String text(Optional<String> image, Optional<RepoId> repo) {
    return """
    # Settings of peer that belong to the repository: peer reads them from the revision that is tested, and the
    # environment of whoever runs it comes first. Certificates, CAs and rules are never taken from here.

    # The guest image, so that all peers compute one run key. `peer image ls --pin` prints the newest here.
    %s

    # The repository's name among the peers, which is one for all clones and forks, however the URLs of their remotes are spelled.
    %s

    # Where the team's peers meet. Without it a peer works alone: it runs, signs and keeps.
    #PEER_RENDEZVOUS=https://meet.example.org:7443

    # Names of variables that the test gets and that count for the result; and of secrets, which do not, and are masked.
    #PEER_ENV=LANG,BUILD_TYPE
    #PEER_SECRETS=TOKEN
    # Names of secrets that the preparation gets, as files below /run/secrets.
    #PEER_PREPARE_SECRETS=NPM_TOKEN

    # What a test may reach is nothing, and how long it may take an hour.
    #PEER_NETWORK=open
    #PEER_TIMEOUT=1h,test=10m
    """
        .formatted(
            image.map(digest -> "PEER_IMAGE=" + digest).orElse("#PEER_IMAGE=sha256:..."),
            repo.filter(name -> UNQUOTED.matcher(name.text()).matches())
                .map(name -> "PEER_REPO=" + name)
                .orElse("#PEER_REPO=git.example.org/team/project"));
  }
}
