package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.ProblemException;
import dev.peer.pages.Announced;
import dev.peer.pages.AnnouncementSource;
import dev.peer.pages.ToldHit;
import dev.peer.wire.HolderList;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.RuntimesKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The index for pages: what lookups name, and the hits that peers told of. */
final class IndexAnnouncements implements AnnouncementSource {

  /** Guest images of which runtimes are looked for; a team has a few. */
  private static final int MOST_IMAGES = 1_000;

  private final HolderIndex index;
  private final Reports reports;
  private final Hits hits;

  IndexAnnouncements(HolderIndex index, Reports reports, Hits hits) {
    this.index = index;
    this.reports = reports;
    this.hits = hits;
  }

  @Override
  public RendezvousStatus status() throws ProblemException {
    try {
      return index.status();
    } catch (IndexUnavailableException e) {
      throw RendezvousServer.unavailable(e);
    }
  }

  /** Without the holders of files of Git LFS, which are no runs. */
  @Override
  public Announced of(RepoId repo, int most) throws ProblemException {
    try {
      HolderIndex.Listing found = index.announced(repo, most);
      Map<RunKey, List<HolderList.Entry>> runs = new HashMap<>(found.holders());
      runs.remove(LargeFilesKey.of(repo));
      Map<Digest, List<HolderList.Entry>> runtimes = new HashMap<>();
      for (Digest image : found.images().stream().limit(MOST_IMAGES).toList()) {
        Optional.ofNullable(runs.remove(RuntimesKey.of(repo, image)))
            .ifPresent(holders -> runtimes.put(image, holders));
      }
      runs.replaceAll((_, holders) -> reports.arranged(holders));
      runtimes.replaceAll((_, holders) -> reports.arranged(holders));
      return new Announced(runs, runtimes);
    } catch (IndexUnavailableException e) {
      throw RendezvousServer.unavailable(e);
    }
  }

  @Override
  public List<HolderList.Entry> of(RepoId repo, RunKey key) throws ProblemException {
    try {
      return reports.arranged(index.holders(repo, key));
    } catch (IndexUnavailableException e) {
      throw RendezvousServer.unavailable(e);
    }
  }

  @Override
  public List<ToldHit> hits(RepoId repo) {
    return hits.of(repo);
  }
}
