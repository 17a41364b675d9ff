package dev.peer.pages;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.ProblemException;
import dev.peer.wire.HolderList;
import dev.peer.wire.RendezvousStatus;
import java.util.List;

/** What a rendezvous knows now. */
public interface AnnouncementSource {

  /** How much it knows of all repositories. */
  RendezvousStatus status() throws ProblemException;

  /**
   * The announcements of a repository, as lookups would name them.
   *
   * @param most how many announcements to return at most
   */
  Announced of(RepoId repo, int most) throws ProblemException;

  /** Those of one run. */
  List<HolderList.Entry> of(RepoId repo, RunKey key) throws ProblemException;

  /** The hits of a repository that peers told of, the latest last. */
  List<ToldHit> hits(RepoId repo);
}
