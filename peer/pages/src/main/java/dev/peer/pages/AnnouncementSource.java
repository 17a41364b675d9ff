package dev.peer.pages;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.ProblemException;
import dev.peer.wire.HolderList;
import dev.peer.wire.RendezvousStatus;
import java.util.List;
import java.util.Map;

/** What a rendezvous knows now. */
public interface AnnouncementSource {

  /** How much it knows of all repositories. */
  RendezvousStatus status() throws ProblemException;

  /**
   * The announcements of a repository, as lookups would name them.
   *
   * @param most how many announcements to return at most
   */
  Map<RunKey, List<HolderList.Entry>> of(RepoId repo, int most) throws ProblemException;

  /** Those of one run. */
  List<HolderList.Entry> of(RepoId repo, RunKey key) throws ProblemException;
}
