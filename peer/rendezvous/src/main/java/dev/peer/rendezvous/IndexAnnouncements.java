package dev.peer.rendezvous;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.ProblemException;
import dev.peer.pages.AnnouncementSource;
import dev.peer.wire.HolderList;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.RendezvousStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The index for pages: what lookups name, and no more. */
final class IndexAnnouncements implements AnnouncementSource {

  private final HolderIndex index;
  private final Reports reports;

  IndexAnnouncements(HolderIndex index, Reports reports) {
    this.index = index;
    this.reports = reports;
  }

  @Override
  public RendezvousStatus status() throws ProblemException {
    try {
      return index.status();
    } catch (IndexUnavailableException e) {
      throw RendezvousServer.unavailable(e);
    }
  }

  /** Without who has files of Git LFS, which is no run. */
  @Override
  public Map<RunKey, List<HolderList.Entry>> of(RepoId repo, int most) throws ProblemException {
    try {
      Map<RunKey, List<HolderList.Entry>> found = new HashMap<>(index.announced(repo, most));
      found.remove(LargeFilesKey.of(repo));
      found.replaceAll((_, holders) -> reports.arranged(holders));
      return found;
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
}
